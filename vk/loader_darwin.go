package vk

// The system looks for bare names only in DYLD_* and its own folders. Homebrew and the SDK use other folders, so their
// paths are listed. The loader comes before MoltenVK, because only the loader finds validation layers.
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
