package powerloss

import (
	"context"
	"maps"
	"slices"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Mount makes the disk appear as a folder until unmount is called. The process
// that mounts a disk must not use it itself: to touch a page of a memory map is
// to wait for an answer of its own.
func (d *Disk) Mount(dir string) (unmount func() error, err error) {
	server, err := fs.Mount(dir, &folder{disk: d}, &fs.Options{MountOptions: fuse.MountOptions{
		DirectMount: true, FsName: "powerloss", Name: "powerloss", DisableXAttrs: true,
	}})
	if err != nil {
		return nil, err
	}
	return server.Unmount, nil
}

// folder is the root of a mounted disk.
type folder struct {
	fs.Inode
	disk *Disk
}

// node is a file of a mounted disk.
type node struct {
	fs.Inode
	disk *Disk
	file *file
}

var (
	_ fs.NodeLookuper  = (*folder)(nil)
	_ fs.NodeReaddirer = (*folder)(nil)
	_ fs.NodeCreater   = (*folder)(nil)
	_ fs.NodeUnlinker  = (*folder)(nil)
	_ fs.NodeLinker    = (*folder)(nil)
	_ fs.NodeRenamer   = (*folder)(nil)
	_ fs.NodeFsyncer   = (*folder)(nil)

	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeReader    = (*node)(nil)
	_ fs.NodeWriter    = (*node)(nil)
	_ fs.NodeFsyncer   = (*node)(nil)
)

// inode returns the inode of a file of the disk, the same one under each of its
// names: the kernel keeps pages by inode.
func (f *folder) inode(ctx context.Context, of *file) *fs.Inode {
	for _, child := range f.Children() {
		if n, ok := child.Operations().(*node); ok && n.file == of {
			return child
		}
	}
	return f.NewInode(ctx, &node{disk: f.disk, file: of}, fs.StableAttr{Mode: syscall.S_IFREG})
}

func (f *folder) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	f.disk.mu.Lock()
	of, ok := f.disk.names[name]
	if ok {
		of.describe(&out.Attr)
	}
	f.disk.mu.Unlock()
	if !ok {
		return nil, syscall.ENOENT
	}
	return f.inode(ctx, of), 0
}

func (f *folder) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	var list []fuse.DirEntry
	for _, name := range slices.Sorted(maps.Keys(f.disk.names)) {
		list = append(list, fuse.DirEntry{Name: name, Mode: syscall.S_IFREG})
	}
	return fs.NewListDirStream(list), 0
}

func (f *folder) Create(ctx context.Context, name string, _, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	made := &file{}
	err := f.disk.do(Open, func() syscall.Errno {
		return f.disk.rename(func(names map[string]*file) syscall.Errno {
			if names[name] != nil {
				return syscall.EEXIST
			}
			names[name] = made
			made.describe(&out.Attr)
			return 0
		})
	})
	if err != 0 {
		return nil, nil, 0, err
	}
	return f.inode(ctx, made), nil, 0, 0
}

func (f *folder) Unlink(_ context.Context, name string) syscall.Errno {
	return f.disk.do(Name, func() syscall.Errno {
		return f.disk.rename(func(names map[string]*file) syscall.Errno {
			delete(names, name)
			return 0
		})
	})
}

func (f *folder) Link(_ context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n, ok := target.(*node)
	if !ok {
		return nil, syscall.EPERM
	}
	err := f.disk.do(Name, func() syscall.Errno {
		return f.disk.rename(func(names map[string]*file) syscall.Errno {
			if names[name] != nil {
				return syscall.EEXIST
			}
			names[name] = n.file
			n.file.describe(&out.Attr)
			return 0
		})
	})
	return n.EmbeddedInode(), err
}

func (f *folder) Rename(_ context.Context, name string, _ fs.InodeEmbedder, to string, flags uint32) syscall.Errno {
	if flags != 0 {
		return syscall.EINVAL
	}
	return f.disk.do(Name, func() syscall.Errno {
		return f.disk.rename(func(names map[string]*file) syscall.Errno {
			names[to] = names[name]
			delete(names, name)
			return 0
		})
	})
}

func (f *folder) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return f.disk.do(Sync, func() syscall.Errno {
		f.disk.syncNames()
		return 0
	})
}

func (f *file) describe(out *fuse.Attr) {
	out.Mode, out.Nlink, out.Size = syscall.S_IFREG|0o600, 1, uint64(len(f.data))
}

func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	n.file.describe(&out.Attr)
	return 0
}

func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	err := syscall.Errno(0)
	if size, ok := in.GetSize(); ok {
		err = n.disk.do(Truncate, func() syscall.Errno {
			n.file.truncate(int64(size))
			return 0
		})
	}
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	n.file.describe(&out.Attr)
	return err
}

func (n *node) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, 0, n.disk.do(Open, func() syscall.Errno { return 0 })
}

func (n *node) Read(_ context.Context, _ fs.FileHandle, into []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	read := 0
	err := n.disk.do(Read, func() syscall.Errno {
		if at < int64(len(n.file.data)) {
			read = copy(into, n.file.data[at:])
		}
		return 0
	})
	return fuse.ReadResultData(into[:read]), err
}

func (n *node) Write(_ context.Context, _ fs.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	err := n.disk.do(Write, func() syscall.Errno {
		n.file.write(at, data)
		return 0
	})
	return uint32(len(data)), err
}

// Fsync makes the contents durable. As on Linux, what could not be synced once
// is not tried again.
func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	err := n.disk.do(Sync, func() syscall.Errno {
		n.file.sync()
		return 0
	})
	if err != 0 {
		n.disk.forsake(n.file)
	}
	return err
}
