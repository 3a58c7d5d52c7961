package engine

import (
	"testing"

	"igs/vk/vktest"
)

func TestMain(m *testing.M) { vktest.Main(m) }
