// The Vulkan calls that the binding cannot make soundly or does not know at all. Where it
// unpacks a slice of structs, the C memory hangs on a finaliser that may run during the
// call (QueueSubmit, CmdPipelineBarrier, CreateComputePipelines and the like: crashes
// within a second under a looping collector); where such a slice sits inside a struct
// (instances, layouts, pools), the same may happen for a moment before the call. Everything
// the driver reads lies on the C stack here, or in memory that the caller keeps for the call.
//
// Functions that return int32_t return a VkResult.

#ifndef IGS_CALL_H
#define IGS_CALL_H

#include <stdint.h>

typedef void *(*igs_lookup)(void *instance, const char *name);

// igs_resolve looks up every function below through the given instance and returns the
// name of the first one missing, or NULL. Once a process: what the loader answers for
// core functions serves all instances.
const char *igs_resolve(void *lookup, void *instance);

// A log collects validation messages from whatever thread they come up on.
typedef struct igs_message { struct igs_message *next; char text[]; } igs_message;
typedef struct igs_log igs_log;
igs_log *igs_log_new(void);
igs_message *igs_log_take(igs_log *log); // newest first; the caller frees each
void igs_log_free(igs_log *log);

// Before an instance exists the lookup is passed by hand.
int igs_has_layer(void *lookup, const char *name);
int igs_has_instance_extension(void *lookup, const char *layer, const char *name);

typedef struct {
    uint32_t flags;
    const char *layer;                  // NULL: none
    char **extensions;
    uint32_t extension_count;
    int validate;                       // with synchronisation validation
    igs_log *log;                       // messages during creation and destruction too; NULL: none
} igs_instance_wish;
int32_t igs_create_instance(void *lookup, const igs_instance_wish *wish, void **instance);
int32_t igs_create_messenger(void *lookup, void *instance, igs_log *log, uint64_t *messenger);
void igs_destroy_messenger(void *lookup, void *instance, uint64_t messenger);

int igs_has_device_extension(void *device, const char *name);

// What the binding's header of 2018 has no way to ask for. Zeros where the device or the
// extension does not say.
typedef struct {
    uint32_t subgroup_size;
    uint64_t max_allocation;
    char driver_name[256], driver_info[256];
    uint32_t storage16, float16, float64, int64, int16;
    uint32_t type_count, type_flags[32], type_heap[32];
    uint32_t heap_count, heap_flags[16];
    uint64_t heap_size[16], heap_budget[16], heap_usage[16];
    uint32_t family_count, family_flags[16], family_timestamp_bits[16];
} igs_facts;
// The has_... arguments say which extensions the device lists.
void igs_read_facts(void *device, int has_driver, int has_float16, int has_budget, igs_facts *facts);

// features: those fields of facts that are set are switched on.
int32_t igs_create_device(void *physical, uint32_t family, const igs_facts *features, char **extensions, uint32_t extension_count, void **device);

int32_t igs_create_set_layout(void *device, int32_t descriptor, const uint32_t *bindings, uint32_t count, uint64_t *layout);
int32_t igs_create_pipeline_layout(void *device, const uint64_t *sets, uint32_t set_count, uint32_t push_bytes, uint64_t *layout);
int32_t igs_create_pipeline(void *device, uint64_t cache, uint64_t module, uint64_t layout, uint64_t *pipeline);

void igs_trim(void);
int32_t igs_create_pool(void *device, uint32_t sets, uint32_t storage, uint32_t texel, uint64_t *pool);
int32_t igs_allocate_set(void *device, uint64_t pool, uint64_t layout, uint64_t *set);
void igs_write_storage(void *device, uint64_t set, uint32_t binding, uint64_t buffer, uint64_t offset, uint64_t range);
void igs_write_texel(void *device, uint64_t set, uint32_t binding, uint64_t view);

typedef struct { uint32_t src_stages, dst_stages, src_access, dst_access; } igs_dependency;
void igs_barrier(void *commands, const igs_dependency *d);
void igs_copy(void *commands, uint64_t dst, uint64_t dst_offset, uint64_t src, uint64_t src_offset, uint64_t size);
int32_t igs_submit(void *queue, void *commands, uint64_t fence);

#endif
