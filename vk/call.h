// The Vulkan calls that the Go binding cannot make safely or does not have. When the binding unpacks a slice of
// structs, a finaliser owns the C memory and may free it during the call (QueueSubmit, CmdPipelineBarrier,
// CreateComputePipelines and others: they crash within a second when the garbage collector runs in a loop). When the
// slice is inside a struct (instances, layouts, pools), the memory may be freed shortly before the call. Here
// everything that the driver reads is on the C stack, or in memory that the caller keeps for the call.
//
// Functions that return int32_t return a VkResult.

#ifndef IGS_CALL_H
#define IGS_CALL_H

#include <stdint.h>

typedef void *(*igs_lookup)(void *instance, const char *name);

// igs_resolve looks up every function of call_table.h through the given instance. It returns the name of the first
// missing one, or NULL. It is called once per process: the loader's addresses of core functions work for all instances.
const char *igs_resolve(void *lookup, void *instance);

// A log collects validation messages from all threads.
typedef struct igs_message { struct igs_message *next; char text[]; } igs_message;
typedef struct igs_log igs_log;
igs_log *igs_log_new(void);
igs_message *igs_log_take(igs_log *log); // newest first; the caller frees each
void igs_log_free(igs_log *log);

// These run before there is an instance, so they take the lookup function.
int igs_has_layer(void *lookup, const char *name);
int igs_has_instance_extension(void *lookup, const char *layer, const char *name);

typedef struct {
    uint32_t flags;
    const char *layer;                  // NULL: none
    char **extensions;
    uint32_t extension_count;
    int validate;                       // with synchronisation validation
    igs_log *log;                       // receives messages during creation and destruction too; NULL: none
} igs_instance_spec;
int32_t igs_create_instance(void *lookup, const igs_instance_spec *spec, void **instance);
int32_t igs_create_messenger(void *lookup, void *instance, igs_log *log, uint64_t *messenger);
void igs_destroy_messenger(void *lookup, void *instance, uint64_t messenger);

int igs_has_device_extension(void *device, const char *name);

// Facts that the binding's header of 2018 cannot query. A fact is zero if the device or the extension does not report
// it.
typedef struct {
    uint32_t subgroup_size;
    uint64_t max_allocation;
    char driver_name[256], driver_info[256];
    uint8_t uuids[2][16]; // of the device, of the driver
    uint32_t storage16, float16, float64, int64, int16;
    uint32_t type_count, type_flags[32], type_heap[32];
    uint32_t heap_count, heap_flags[16];
    uint64_t heap_size[16], heap_budget[16], heap_usage[16];
    uint32_t family_count, family_flags[16], family_timestamp_bits[16];
} igs_facts;
// The has_... arguments say which extensions the device has.
void igs_read_facts(void *device, int has_driver, int has_float16, int has_budget, igs_facts *facts);

// features: the features whose fields are set in it are enabled.
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
