package vk

var libraryNames = []string{"libvulkan.so.1", "libvulkan.so"}
