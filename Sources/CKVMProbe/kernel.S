/* A kernel of 250 bytes. Some machines that are guests themselves have a KVM that reads a guest's code one instruction at a time
 * instead of letting the processor run it. A firmware comes through that, slowly. Linux does not: its first instruction beyond the
 * oldest ones ends the machine. So this enters 64-bit mode, does with new and old instructions what takes a processor a moment
 * and such a reader minutes, and says so.
 *
 * Source: Multiboot Specification 0.6.96, section 3.1 (the header, without an ELF file); Intel SDM, volume 3, section 9.8.5
 * (into IA-32e mode). */
#include "ckvmprobe.h"

#define BASE 0x100000
#define AT(label) (BASE + (label) - ckvmprobe_kernel)
#define MAGIC 0x1BADB002
#define HAS_ADDRESSES 0x10000
#define LEVEL_4 (BASE + 0x1000)
#define LEVEL_3 (BASE + 0x2000)
#define LEVEL_2 (BASE + 0x3000)
#define END_OF_MEMORY (BASE + 0x4000)

    .section .rodata
    .balign 4
    .globl ckvmprobe_kernel, ckvmprobe_kernel_end
    .hidden ckvmprobe_kernel, ckvmprobe_kernel_end
ckvmprobe_kernel:
    .long MAGIC, HAS_ADDRESSES, -(MAGIC + HAS_ADDRESSES)
    .long BASE, BASE, AT(ckvmprobe_kernel_end), END_OF_MEMORY, AT(entry)

    .code32
entry:
    /* The first 2 MiB, where we are, at their own addresses. */
    movl $(LEVEL_3 + 3), LEVEL_4
    movl $(LEVEL_2 + 3), LEVEL_3
    movl $0x83, LEVEL_2
    movl $LEVEL_4, %eax
    movl %eax, %cr3
    /* CR4: PAE, and SSE. */
    movl %cr4, %eax
    orl $0x620, %eax
    movl %eax, %cr4
    /* EFER: long mode. */
    movl $0xC0000080, %ecx
    rdmsr
    orl $0x100, %eax
    wrmsr
    /* CR0: paging; SSE is not emulated. */
    movl %cr0, %eax
    andl $~4, %eax
    orl $0x80000003, %eax
    movl %eax, %cr0
    lgdt AT(descriptors)
    ljmp $8, $AT(long_mode)

    .code64
long_mode:
    /* EDI: whether the processor has BMI2, which decompressors use where it is. */
    xorl %edi, %edi
    xorl %eax, %eax
    cpuid
    cmpl $7, %eax
    jb begin
    movl $7, %eax
    xorl %ecx, %ecx
    cpuid
    btl $8, %ebx
    setc %dil
begin:
    movl $20000000, %ecx
    movl $1, %eax
again:
    testl %edi, %edi
    jz without
    shlxl %edi, %eax, %eax
without:
    movd %eax, %xmm0
    paddd %xmm0, %xmm0
    movd %xmm0, %eax
    rorl $1, %eax
    decl %ecx
    jnz again
    movl $AT(words), %esi
    movl $(descriptors - words), %ecx
    movw $0xE9, %dx
    rep outsb
done:
    hlt
    jmp done

words:
    .ascii CKVMPROBE_WORDS, "\n"
    /* The first descriptor is never read: it holds the table's own address. */
descriptors:
    .word 15
    .long AT(descriptors)
    .word 0
    .quad 0x00AF9B000000FFFF
ckvmprobe_kernel_end:

    .section .note.GNU-stack, "", @progbits
    /* Nothing here is run by the host's processor, so it may be linked with what has control-flow marks. */
    .section .note.gnu.property, "a"
    .balign 8
    .long 4, 16, 5
    .asciz "GNU"
    .long 0xC0000002, 4, 3, 0
