package guard

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
)

// How many wrong passwords a client may try, however many requests it may make:
// people mistype, programs guess.
const (
	failuresAtOnce    = 10
	failuresPerMinute = 10
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

// let reports whether a request says both; otherwise it answers what is missing.
// A client that has failed too often is refused whatever it says, so that it
// does not learn which password is right. Those who cannot be told apart are
// one client.
func (l *login) let(w http.ResponseWriter, r *http.Request, from client, failures *limits) bool {
	if l == nil {
		return true
	}
	name, password, said := r.BasicAuth()
	if !said {
		challenge(w)
		return false
	}
	opens, tries := l.opens(name, password), failures.bucket(from.network)
	switch {
	case opens && tries.Tokens() >= 1:
		return true
	case !opens && tries.Allow():
		challenge(w)
	default:
		failures.refuse(w, from, "too many wrong passwords; wait before the next one")
	}
	return false
}

func challenge(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Basic realm="News Feed", charset="UTF-8"`)
	http.Error(w, "this server asks for a name and a password", http.StatusUnauthorized)
}

// opens reports whether both are right (RFC 7617). That takes the same time
// however much of them is.
func (l *login) opens(name, password string) bool {
	said := hashed(name, password)
	return subtle.ConstantTimeCompare(said.name[:], l.name[:])&subtle.ConstantTimeCompare(said.password[:], l.password[:]) == 1
}

// hashed makes all names and passwords equally long.
func hashed(name, password string) login {
	return login{sha256.Sum256([]byte(name)), sha256.Sum256([]byte(password))}
}
