package dev.caisson.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.caisson.base.CleanupStack;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds out whether hardware virtualisation works, by running a guest of three instructions: the device file alone proves
 * nothing on machines that are virtual themselves. Numbers are those of {@code linux/kvm.h} for x86-64.
 */
public final class KvmProbe {
    private static final Path DEVICE = Path.of("/dev/kvm");
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final long KVM_CREATE_VM = 0xae01;
    private static final long KVM_GET_VCPU_MMAP_SIZE = 0xae04;
    private static final long KVM_CREATE_VCPU = 0xae41;
    private static final long KVM_RUN = 0xae80;
    private static final long KVM_SET_USER_MEMORY_REGION = 0x4020ae46;
    private static final long KVM_SET_REGS = 0x4090ae82;
    private static final long KVM_GET_SREGS = 0x8138ae83L;
    private static final long KVM_SET_SREGS = 0x4138ae84;

    private static final int PAGE = 4096;
    private static final long GUEST_ADDRESS = 0x1000;
    private static final byte ANSWER = 42;
    private static final byte PORT = 0x10;
    /** {@code mov al, 42; out 0x10, al; hlt}. */
    private static final byte[] GUEST = {(byte) 0xb0, ANSWER, (byte) 0xe6, PORT, (byte) 0xf4};

    private static final int REGS_SIZE = 144;
    private static final int REGS_RIP = 128;
    private static final int REGS_RFLAGS = 136;
    private static final int SREGS_SIZE = 312;
    private static final int SREGS_CS_BASE = 0;
    private static final int SREGS_CS_SELECTOR = 12;
    private static final int RUN_EXIT_REASON = 8;
    private static final int RUN_IO_PORT = 34;
    private static final int RUN_IO_DATA_OFFSET = 40;
    private static final int EXIT_IO = 2;

    private KvmProbe() {}

    /**
     * What the probe found.
     *
     * @param works whether a guest ran
     * @param found one sentence for people
     */
    public record Result(boolean works, String found) {}

    /** Runs the guest; answers within some seconds also where the kernel does not return from it. */
    public static Result run() {
        if (!Files.exists(DEVICE)) {
            return new Result(false, "this machine has no " + DEVICE);
        }
        if (!System.getProperty("os.arch").equals("amd64")) {
            return new Result(false, DEVICE + " is there, but was not probed: the probe is for x86-64 only");
        }
        var answer = new CompletableFuture<Optional<String>>();
        // A thread of its own: it is lost if the kernel keeps it.
        Thread.ofPlatform().daemon().name("kvm probe").start(() -> {
            try {
                answer.complete(refusal());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .map(reason -> new Result(false, DEVICE + " is there but does not work: " + reason))
                    .orElseGet(() -> new Result(true, "a guest ran"));
        } catch (TimeoutException e) {
            return new Result(false, DEVICE + " is there but does not work: the guest did not end within " + PATIENCE.toSeconds() + " s");
        } catch (ExecutionException e) {
            var cause = Optional.ofNullable(e.getCause()).orElse(e);
            return new Result(false, DEVICE + " is there but does not work: " + cause.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(false, DEVICE + " is there, but was not probed: interrupted");
        }
    }

    /** Why no guest ran; nothing if one did. */
    private static Optional<String> refusal() {
        try (var open = new CleanupStack(); var memory = Arena.ofConfined()) {
            int kvm = closing(open, Errno.check(Libc.open(DEVICE.toString(), Libc.O_RDWR, 0), "open " + DEVICE));
            int machine = closing(open, Errno.check(Libc.ioctl(kvm, KVM_CREATE_VM, 0), "make a virtual machine"));
            giveMemory(machine, memory);
            int processor = closing(open, Errno.check(Libc.ioctl(machine, KVM_CREATE_VCPU, 0), "make a virtual processor"));
            prepare(processor, memory);
            int size = Errno.check(Libc.ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "ask for the size of a virtual processor");
            long address = Errno.check(Libc.map(processor, size), "map a virtual processor");
            try {
                Errno.check(Libc.ioctl(processor, KVM_RUN, 0), "run a guest");
                return judge(MemorySegment.ofAddress(address).reinterpret(size));
            } finally {
                Libc.unmap(address, size);
            }
        }
    }

    private static int closing(CleanupStack open, int descriptor) {
        open.push("close a descriptor of " + DEVICE, () -> Libc.close(descriptor));
        return descriptor;
    }

    private static void giveMemory(int machine, Arena memory) {
        var page = memory.allocate(PAGE, PAGE);
        MemorySegment.copy(GUEST, 0, page, JAVA_BYTE, 0, GUEST.length);
        var region = memory.allocate(32, 8);
        region.set(JAVA_LONG, 8, GUEST_ADDRESS);
        region.set(JAVA_LONG, 16, PAGE);
        region.set(JAVA_LONG, 24, page.address());
        Errno.check(Libc.ioctl(machine, KVM_SET_USER_MEMORY_REGION, region), "give a guest memory");
    }

    private static void prepare(int processor, Arena memory) {
        var special = memory.allocate(SREGS_SIZE, 8);
        Errno.check(Libc.ioctl(processor, KVM_GET_SREGS, special), "read a guest's registers");
        special.set(JAVA_LONG, SREGS_CS_BASE, 0);
        special.set(JAVA_SHORT, SREGS_CS_SELECTOR, (short) 0);
        Errno.check(Libc.ioctl(processor, KVM_SET_SREGS, special), "set a guest's segments");
        var general = memory.allocate(REGS_SIZE, 8);
        general.set(JAVA_LONG, REGS_RIP, GUEST_ADDRESS);
        // The one bit of the flags that is always set.
        general.set(JAVA_LONG, REGS_RFLAGS, 2);
        Errno.check(Libc.ioctl(processor, KVM_SET_REGS, general), "set a guest's registers");
    }

    private static Optional<String> judge(MemorySegment run) {
        int reason = run.get(JAVA_INT, RUN_EXIT_REASON);
        if (reason != EXIT_IO) {
            return Optional.of("the guest stopped for reason " + reason + " instead of writing its answer");
        }
        int port = Short.toUnsignedInt(run.get(JAVA_SHORT, RUN_IO_PORT));
        byte value = run.get(JAVA_BYTE, run.get(JAVA_LONG, RUN_IO_DATA_OFFSET));
        return port == PORT && value == ANSWER ? Optional.empty() : Optional.of("the guest wrote " + value + " to port " + port);
    }
}
