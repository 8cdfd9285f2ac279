package sftpserver

import (
	"encoding/binary"
	"net"
	"os"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// maxChannels bounds the channels of one connection.
const maxChannels = 8

// serve speaks with one client until the connection ends.
func (s *Server) serve(c net.Conn) {
	grace := time.AfterFunc(loginGrace, func() { _ = c.Close() })
	sc, chans, reqs, err := ssh.NewServerConn(c, s.ssh)
	grace.Stop()
	if err != nil {
		return
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer func() { _ = sc.Close() }()
	wg.Go(func() { ssh.DiscardRequests(reqs) })
	root := s.users[sc.User()].root
	slots := make(chan struct{}, maxChannels)
	for nc := range chans {
		if nc.ChannelType() != "session" {
			_ = nc.Reject(ssh.UnknownChannelType, "only sftp is served")
			continue
		}
		select {
		case slots <- struct{}{}:
		default:
			_ = nc.Reject(ssh.ResourceShortage, "too many channels")
			continue
		}
		ch, requests, err := nc.Accept()
		if err != nil {
			return
		}
		wg.Go(func() {
			s.channel(ch, requests, sc.User(), root)
			<-slots
		})
	}
}

// channel waits for the request for SFTP and serves it; any other is refused.
func (s *Server) channel(ch ssh.Channel, requests <-chan *ssh.Request, user, root string) {
	var wg sync.WaitGroup
	defer wg.Wait()
	defer func() { _ = ch.Close() }()
	started := false
	for r := range requests {
		ok := !started && r.Type == "subsystem" && subsystem(r.Payload) == "sftp"
		if r.WantReply {
			if err := r.Reply(ok, nil); err != nil {
				return
			}
		}
		if !ok {
			continue
		}
		started = true
		wg.Go(func() { s.sftp(ch, user, root) })
	}
}

// subsystem reads the one string of a subsystem request (RFC 4254, 6.5).
func subsystem(payload []byte) string {
	if len(payload) < 4 || binary.BigEndian.Uint32(payload) != uint32(len(payload)-4) {
		return ""
	}
	return string(payload[4:])
}

// sftp serves one SFTP session and ends its channel.
func (s *Server) sftp(ch ssh.Channel, user, root string) {
	defer func() { _ = ch.Close() }()
	status := byte(1)
	if r, err := os.OpenRoot(root); err == nil {
		j := &jail{root: r}
		h := sftp.Handlers{FileGet: j, FilePut: j, FileCmd: j, FileList: j}
		if s.wrap != nil {
			h = s.wrap(user, h)
		}
		server := sftp.NewRequestServer(ch, h)
		_ = server.Serve() // ends with the channel; there is nobody to tell why
		_ = server.Close()
		_ = r.Close()
		status = 0
	}
	_, _ = ch.SendRequest("exit-status", false, []byte{0, 0, 0, status})
}
