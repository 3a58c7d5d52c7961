#include "call_table.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct igs_table igs_vk;

const char *igs_resolve(void *lookup, void *instance) {
#define X(name, result, parameters)                                                   \
    igs_vk.name = (result(*) parameters)((igs_lookup)lookup)(instance, "vk" #name);   \
    if (!igs_vk.name) return "vk" #name;
    IGS_FUNCTIONS(X)
#undef X
    return NULL;
}

// The log is a lock-free stack, because a callback may run while igs holds any lock.
struct igs_log { _Atomic(igs_message *) newest; };

igs_log *igs_log_new(void) { return calloc(1, sizeof(igs_log)); }

igs_message *igs_log_take(igs_log *log) { return atomic_exchange(&log->newest, NULL); }

void igs_log_free(igs_log *log) {
    for (igs_message *m = igs_log_take(log), *next; m; m = next) {
        next = m->next;
        free(m);
    }
    free(log);
}

static uint32_t collect(uint32_t severity, uint32_t kinds, const vk_message *data, void *user) {
    igs_log *log = user;
    const char *text = data->message ? data->message : "";
    size_t bytes = strlen(text) + 1;
    igs_message *m = malloc(sizeof(igs_message) + bytes);
    if (!m) return 0;
    memcpy(m->text, text, bytes);
    m->next = atomic_load(&log->newest);
    while (!atomic_compare_exchange_weak(&log->newest, &m->next, m)) {}
    (void)severity, (void)kinds;
    return 0; // do not abort the call
}

static vk_messenger messenger_info(igs_log *log) {
    return (vk_messenger){
        .type = VK_TYPE_DEBUG_MESSENGER,
        .severities = VK_SEVERITY_WARNING | VK_SEVERITY_ERROR,
        .kinds = VK_MESSAGE_VALIDATION | VK_MESSAGE_PERFORMANCE,
        .callback = collect,
        .user = log,
    };
}

int32_t igs_create_messenger(void *lookup, void *instance, igs_log *log, uint64_t *messenger) {
    int32_t (*create)(void *, const vk_messenger *, const void *, uint64_t *) =
        ((igs_lookup)lookup)(instance, "vkCreateDebugUtilsMessengerEXT");
    if (!create) return -7; // VK_ERROR_EXTENSION_NOT_PRESENT
    vk_messenger info = messenger_info(log);
    return create(instance, &info, NULL, messenger);
}

void igs_destroy_messenger(void *lookup, void *instance, uint64_t messenger) {
    void (*destroy)(void *, uint64_t, const void *) =
        ((igs_lookup)lookup)(instance, "vkDestroyDebugUtilsMessengerEXT");
    if (destroy) destroy(instance, messenger, NULL);
}

int igs_has_layer(void *lookup, const char *name) {
    int32_t (*enumerate)(uint32_t *, vk_layer *) = ((igs_lookup)lookup)(NULL, "vkEnumerateInstanceLayerProperties");
    uint32_t count = 0;
    if (!enumerate || enumerate(&count, NULL) != VK_SUCCESS || count == 0) return 0;
    vk_layer *list = calloc(count, sizeof *list);
    int found = 0;
    if (list && enumerate(&count, list) >= VK_SUCCESS)
        for (uint32_t i = 0; i < count; i++) found |= strcmp(list[i].name, name) == 0;
    free(list);
    return found;
}

static int lists(const vk_extension *list, uint32_t count, const char *name) {
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(list[i].name, name) == 0) return 1;
    return 0;
}

int igs_has_instance_extension(void *lookup, const char *layer, const char *name) {
    int32_t (*enumerate)(const char *, uint32_t *, vk_extension *) =
        ((igs_lookup)lookup)(NULL, "vkEnumerateInstanceExtensionProperties");
    uint32_t count = 0;
    if (!enumerate || enumerate(layer, &count, NULL) != VK_SUCCESS || count == 0) return 0;
    vk_extension *list = calloc(count, sizeof *list);
    int found = list && enumerate(layer, &count, list) >= VK_SUCCESS && lists(list, count, name);
    free(list);
    return found;
}

int igs_has_device_extension(void *device, const char *name) {
    uint32_t count = 0;
    if (igs_vk.EnumerateDeviceExtensionProperties(device, NULL, &count, NULL) != VK_SUCCESS || count == 0) return 0;
    vk_extension *list = calloc(count, sizeof *list);
    int found = list && igs_vk.EnumerateDeviceExtensionProperties(device, NULL, &count, list) >= VK_SUCCESS &&
                lists(list, count, name);
    free(list);
    return found;
}

int32_t igs_create_instance(void *lookup, const igs_instance_spec *spec, void **instance) {
    int32_t (*create)(const vk_instance_info *, const void *, void **) =
        ((igs_lookup)lookup)(NULL, "vkCreateInstance");
    if (!create) return -3; // VK_ERROR_INITIALIZATION_FAILED
    vk_application app = {
        .type = VK_TYPE_APPLICATION_INFO, .app = "igs", .engine = "igs", .api = 1u << 22 | 1u << 12, // Vulkan 1.1
    };
    int32_t enabled[] = {VK_VALIDATE_SYNCHRONIZATION};
    vk_messenger messenger = messenger_info(spec->log);
    vk_validation validation = {
        .type = VK_TYPE_VALIDATION_FEATURES,
        .next = spec->log ? &messenger : NULL,
        .enabled_count = 1,
        .enabled = enabled,
    };
    vk_instance_info info = {
        .type = VK_TYPE_INSTANCE_CREATE_INFO,
        .next = spec->validate ? (void *)&validation : spec->log ? (void *)&messenger : NULL,
        .flags = spec->flags,
        .app = &app,
        .layer_count = spec->layer ? 1 : 0,
        .layers = &spec->layer,
        .extension_count = spec->extension_count,
        .extensions = (const char *const *)spec->extensions,
    };
    return create(&info, NULL, instance);
}
