package guard

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
)

// login is the name and the password that open a server. A nil one asks for
// none.
type login struct{ name, password [sha256.Size]byte }

func newLogin(name, password string) *login {
	if name == "" {
		return nil
	}
	l := hashed(name, password)
	return &l
}

// opens reports whether a request says both (RFC 7617). That takes the same time
// however much of them is right.
func (l *login) opens(r *http.Request) bool {
	if l == nil {
		return true
	}
	name, password, _ := r.BasicAuth()
	said := hashed(name, password)
	return subtle.ConstantTimeCompare(said.name[:], l.name[:])&subtle.ConstantTimeCompare(said.password[:], l.password[:]) == 1
}

// hashed makes all names and passwords equally long.
func hashed(name, password string) login {
	return login{sha256.Sum256([]byte(name)), sha256.Sum256([]byte(password))}
}
