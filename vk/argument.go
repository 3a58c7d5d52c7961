package vk

import (
	"fmt"

	"igs/shaders"
)

// Arg is one argument of a dispatch: a range of a buffer.
type Arg struct {
	Buffer        *Buffer
	Offset, Bytes int64  // Bytes 0 = to the end of the buffer
	Format        Format // for kernels that read the argument as texels
}

// bound is an argument in the form that descriptors need.
type bound struct {
	shaders.Binding
	buffer  *Buffer
	storage span
	view    viewKey
}

// bind checks an argument against the binding and the limits of the device.
//
// A binding that is both storage and texels may show only a part of the argument in each way, as far as the limits
// allow: a specialisation constant tells the kernel which of the two is large enough. A binding of one kind must show
// the whole argument.
func (r *Recorder) bind(b shaders.Binding, a Arg) (bound, error) {
	out := bound{Binding: b, buffer: a.Buffer}
	if a.Buffer == nil || a.Bytes < 0 {
		return out, fmt.Errorf("no buffer")
	}
	n := a.Bytes
	if n == 0 {
		n = a.Buffer.spec.Bytes - a.Offset
	}
	if err := r.usable(a.Buffer, a.Offset, n); err != nil {
		return out, err
	}
	name := a.Buffer.spec.Name
	if n == 0 {
		return out, fmt.Errorf("buffer %s has no bytes after offset %d", name, a.Offset)
	}
	info, both := r.device.info, b.Storage && b.Texel
	if b.Storage {
		if a.Offset%info.StorageAlign != 0 {
			return out, fmt.Errorf("offset %d in buffer %s: %s needs multiples of %d", a.Offset, name, info.Name, info.StorageAlign)
		}
		seen := min(n, info.MaxStorageRange)
		if seen < n && !both {
			return out, fmt.Errorf("%d bytes of buffer %s, but a storage binding of %s holds at most %d", n, name, info.Name, info.MaxStorageRange)
		}
		out.storage = span{a.Offset, a.Offset + seen}
	}
	if b.Texel {
		if !info.HasTexel(a.Format) {
			return out, fmt.Errorf("buffer %s cannot be read as %s texels on %s", name, a.Format, info.Name)
		}
		if a.Offset%info.TexelAlign != 0 {
			return out, fmt.Errorf("offset %d in buffer %s: %s needs multiples of %d for texels", a.Offset, name, info.Name, info.TexelAlign)
		}
		texels := n / a.Format.Bytes()
		seen := min(texels, info.MaxTexelElements)
		if seen < texels && !both {
			return out, fmt.Errorf("%d texels of buffer %s, but a view of %s holds at most %d", texels, name, info.Name, info.MaxTexelElements)
		}
		if seen == 0 {
			return out, fmt.Errorf("buffer %s has no whole %s texel at %d", name, a.Format, a.Offset)
		}
		out.view = viewKey{a.Buffer, a.Format, span{a.Offset, a.Offset + seen*a.Format.Bytes()}}
	}
	return out, nil
}

// reach returns the bytes that the kernel can access through the binding, as storage or as texels.
func (b bound) reach() span {
	switch {
	case !b.Texel:
		return b.storage
	case !b.Storage:
		return b.view.at
	}
	return span{min(b.storage.begin, b.view.at.begin), max(b.storage.end, b.view.at.end)}
}
