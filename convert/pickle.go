package convert

import (
	"bytes"
	"fmt"

	"github.com/nlpodyssey/gopickle/pickle"
	"github.com/nlpodyssey/gopickle/types"
)

// Go has two pickle libraries. og-rek is better maintained, but it has no BUILD and sets no items of an OrderedDict, so
// it cannot read a state_dict of torch.save. gopickle can. But gopickle trusts every length, which scan prevents, and
// it indexes beyond the ends of lists, which recover catches. Its package pytorch is not used, because it reads all
// storages of any size. Nothing is executed: names become the types below.

// unpickle gives the value of a pickle. Tensors are *tensor; values that are not needed are *unknown.
func unpickle(data []byte) (value any, err error) {
	if err := scan(data); err != nil {
		return nil, err
	}
	defer func() {
		if reason := recover(); reason != nil {
			value, err = nil, fmt.Errorf("its pickle is damaged")
		}
	}()
	u := pickle.NewUnpickler(bytes.NewReader(data))
	u.FindClass = findClass
	u.PersistentLoad = loadStorage
	value, err = u.Load()
	if err != nil {
		return nil, fmt.Errorf("its pickle is damaged: %.200v", err)
	}
	return value, nil
}

func findClass(module, name string) (any, error) {
	if module == "torch" && storages[name].bytes > 0 {
		return storages[name], nil
	}
	switch module + "." + name {
	case "torch._utils._rebuild_tensor_v2":
		return rebuild{}, nil
	case "torch._utils._rebuild_parameter":
		return parameter{}, nil
	}
	return &unknown{}, nil
}

// storage is an array of numbers in a file of its own in the archive.
type storage struct {
	element
	key string
}

// tensor is a view of a storage. Offset and strides count elements.
type tensor struct {
	storage      storage
	offset       int
	size, stride []int
}

// loadStorage reads a persistent id: ("storage", class, key, location, number of elements).
func loadStorage(id any) (any, error) {
	t, ok := id.(*types.Tuple)
	if !ok || t.Len() != 5 || t.Get(0) != "storage" {
		return nil, fmt.Errorf("a persistent id that is no storage")
	}
	e, isElement := t.Get(1).(element)
	key, isText := t.Get(2).(string)
	if !isElement || !isText {
		return &unknown{}, nil // of whole numbers, for example
	}
	return storage{e, key}, nil
}

// rebuild is torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks, …).
type rebuild struct{}

func (rebuild) Call(args ...any) (any, error) {
	if len(args) < 4 {
		return nil, fmt.Errorf("a tensor of %d properties", len(args))
	}
	s, ok := args[0].(storage)
	if !ok {
		return &unknown{}, nil
	}
	offset, isNumber := args[1].(int)
	size, err := numbers(args[2])
	stride, err2 := numbers(args[3])
	if !isNumber || err != nil || err2 != nil || len(size) != len(stride) {
		return nil, fmt.Errorf("a tensor without shape")
	}
	return &tensor{s, offset, size, stride}, nil
}

func numbers(v any) ([]int, error) {
	t, ok := v.(*types.Tuple)
	if !ok {
		return nil, fmt.Errorf("not a tuple")
	}
	var all []int
	for _, v := range *t {
		n, ok := v.(int)
		if !ok {
			return nil, fmt.Errorf("not a number")
		}
		all = append(all, n)
	}
	return all, nil
}

// parameter is torch._utils._rebuild_parameter(data, requires_grad, hooks).
type parameter struct{}

func (parameter) Call(args ...any) (any, error) {
	if len(args) == 0 {
		return nil, fmt.Errorf("a parameter without data")
	}
	return args[0], nil
}

// unknown stands for any value of a checkpoint that is not a tensor. It accepts every operation.
type unknown struct{}

func (u *unknown) Call(...any) (any, error)  { return u, nil }
func (u *unknown) PyNew(...any) (any, error) { return u, nil }
func (u *unknown) PySetState(any) error      { return nil }
func (u *unknown) Set(_, _ any)              {}
func (u *unknown) Append(any)                {}

// item is the value of a key of a dict or an OrderedDict; nil when there is none.
func item(dict any, key string) any {
	switch d := dict.(type) {
	case *types.Dict:
		for _, e := range *d {
			if k, ok := e.Key.(string); ok && k == key {
				return e.Value
			}
		}
	case *types.OrderedDict:
		v, _ := d.Get(key)
		return v
	}
	return nil
}
