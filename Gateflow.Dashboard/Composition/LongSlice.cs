using System.Runtime.InteropServices;

namespace Gateflow.Dashboard.Composition;

/// <summary>
/// The time that a thread asks the kernel to run at a stretch. Linux, since 6.12, lets a thread that wakes go before one whose slice is longer than its own, at once; with equal slices (1.4 ms on two cores)
/// it waits until the other's is over. Shares of the processor stay the same, and no right is needed. Elsewhere, and where the kernel refuses, nothing changes.
/// See sched_setattr(2) and the kernel's Documentation/scheduler/sched-eevdf.rst.
/// </summary>
internal static partial class LongSlice
{
    /// <summary>Nanoseconds; far above every kernel's own, below its limit of 100 ms.</summary>
    internal const ulong Nanoseconds = 20_000_000;

    /// <summary>Asks for the present thread. Returns whether the kernel took it.</summary>
    public static bool Ask()
    {
        long? call = !OperatingSystem.IsLinux() ? null : RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 314,
            Architecture.Arm64 => 274,
            _ => null,
        };
        var wish = new Attributes { Size = 48, Runtime = Nanoseconds };
        return call is { } number && SetAttributes(number, 0, in wish, 0) == 0;
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SetAttributes(long call, long thread, in Attributes attributes, ulong flags);

    /// <summary>The kernel's <c>sched_attr</c>, first version: policy and nice value 0 are the usual ones.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size;
        public uint Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime;
        public ulong Deadline;
        public ulong Period;
    }
}
