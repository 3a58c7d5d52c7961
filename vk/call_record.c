#include "call_table.h"

int32_t igs_create_pool(void *device, uint32_t sets, uint32_t storage, uint32_t texel, uint64_t *pool) {
    vk_pool_size sizes[2];
    uint32_t n = 0;
    if (storage) sizes[n++] = (vk_pool_size){VK_DESCRIPTOR_STORAGE, storage};
    if (texel) sizes[n++] = (vk_pool_size){VK_DESCRIPTOR_UNIFORM_TEXEL, texel};
    vk_pool info = {.type = VK_TYPE_DESCRIPTOR_POOL, .sets = sets, .size_count = n, .sizes = sizes};
    return igs_vk.CreateDescriptorPool(device, &info, 0, pool);
}

int32_t igs_allocate_set(void *device, uint64_t pool, uint64_t layout, uint64_t *set) {
    vk_set_allocate info = {.type = VK_TYPE_DESCRIPTOR_SET_ALLOCATE, .pool = pool, .count = 1, .layouts = &layout};
    return igs_vk.AllocateDescriptorSets(device, &info, set);
}

void igs_write_storage(void *device, uint64_t set, uint32_t binding, uint64_t buffer, uint64_t offset, uint64_t range) {
    vk_buffer_window window = {buffer, offset, range};
    vk_write write = {
        .type = VK_TYPE_WRITE_DESCRIPTOR_SET, .set = set, .binding = binding, .count = 1,
        .descriptor = VK_DESCRIPTOR_STORAGE, .buffers = &window,
    };
    igs_vk.UpdateDescriptorSets(device, 1, &write, 0, 0);
}

void igs_write_texel(void *device, uint64_t set, uint32_t binding, uint64_t view) {
    vk_write write = {
        .type = VK_TYPE_WRITE_DESCRIPTOR_SET, .set = set, .binding = binding, .count = 1,
        .descriptor = VK_DESCRIPTOR_UNIFORM_TEXEL, .views = &view,
    };
    igs_vk.UpdateDescriptorSets(device, 1, &write, 0, 0);
}

void igs_barrier(void *commands, const igs_dependency *d) {
    vk_barrier memory = {.type = VK_TYPE_MEMORY_BARRIER, .src = d->src_access, .dst = d->dst_access};
    igs_vk.CmdPipelineBarrier(commands, d->src_stages, d->dst_stages, 0, 1, &memory, 0, 0, 0, 0);
}

void igs_copy(void *commands, uint64_t dst, uint64_t dst_offset, uint64_t src, uint64_t src_offset, uint64_t size) {
    vk_copy region = {src_offset, dst_offset, size};
    igs_vk.CmdCopyBuffer(commands, src, dst, 1, &region);
}

int32_t igs_submit(void *queue, void *commands, uint64_t fence) {
    vk_submit info = {.type = VK_TYPE_SUBMIT_INFO, .command_count = 1, .commands = &commands};
    return igs_vk.QueueSubmit(queue, 1, &info, fence);
}
