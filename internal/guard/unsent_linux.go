package guard

import (
	"net"

	"golang.org/x/sys/unix"
)

// maxUnsent bounds what the kernel keeps of an answer that a client does not
// read, in bytes. What is on its way does not count, so that it slows down
// nobody who reads.
const maxUnsent = 64 << 10

// boundUnsent bounds what the kernel keeps to be sent on a connection. Without
// it a client could have it keep megabytes by not reading (tcp(7), tcp_wmem).
func boundUnsent(conn net.Conn) {
	t, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := t.SyscallConn()
	if err != nil {
		return // it is closed
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, maxUnsent) // from Linux 3.12 on
	})
}
