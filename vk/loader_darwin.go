package vk

// Bare names are searched for in DYLD_* and the system's folders only; Homebrew and the
// SDK put theirs elsewhere. The loader comes before MoltenVK by itself, because it alone
// finds validation layers.
var libraryNames = []string{
	"libvulkan.1.dylib",
	"libvulkan.dylib",
	"/opt/homebrew/lib/libvulkan.1.dylib",
	"/usr/local/lib/libvulkan.1.dylib",
	"libMoltenVK.dylib",
	"/opt/homebrew/lib/libMoltenVK.dylib",
	"/usr/local/lib/libMoltenVK.dylib",
	"@executable_path/libMoltenVK.dylib",
	"@executable_path/../Frameworks/libMoltenVK.dylib",
}
