using System.Diagnostics;

namespace Gateflow.Benchmarks.Nodes;

/// <summary>
/// Wall clocks that are wrong, one a node, and can be set while it runs: a small library, built here with the C compiler and loaded before all
/// others, adds an offset from a mapped file to what the system says.
/// </summary>
internal sealed class SkewedClock(string folder)
{
    private const string Source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>
        static volatile long long *offset;
        __attribute__((constructor)) static void begin(void) {
          const char *path = getenv("SKEWED_CLOCK");
          int file = path ? open(path, O_RDONLY) : -1;
          void *map = file < 0 ? MAP_FAILED : mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
          if (map != MAP_FAILED) offset = map;
        }
        int clock_gettime(clockid_t id, struct timespec *t) {
          int result = syscall(SYS_clock_gettime, id, t);
          if (!result && offset && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) t->tv_sec += *offset;
          return result;
        }
        int gettimeofday(struct timeval *t, void *zone) {
          struct timespec s;
          int result = clock_gettime(CLOCK_REALTIME, &s);
          t->tv_sec = s.tv_sec; t->tv_usec = s.tv_nsec / 1000;
          return result;
        }
        time_t time(time_t *t) {
          struct timespec s;
          clock_gettime(CLOCK_REALTIME, &s);
          if (t) *t = s.tv_sec;
          return s.tv_sec;
        }
        """;

    private string Library => Path.Combine(folder, "skewed.so");

    public async Task BuildAsync(CancellationToken cancellationToken)
    {
        var source = Path.Combine(folder, "skewed.c");
        await File.WriteAllTextAsync(source, Source, cancellationToken);
        using var compiler = Process.Start("cc", ["-shared", "-fPIC", "-O1", "-o", Library, source]);
        await compiler.WaitForExitAsync(cancellationToken);
        if (compiler.ExitCode != 0)
        {
            throw new JobException("The library that skews clocks was not built; a C compiler named cc is needed.");
        }
    }

    /// <summary>Sets by how many seconds a node's clock is ahead, also while it runs.</summary>
    public void Set(int node, long seconds)
    {
        using var file = new FileStream(PathOf(node), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(BitConverter.GetBytes(seconds));
    }

    public IEnumerable<KeyValuePair<string, string>> Environment(int node) => [new("LD_PRELOAD", Library), new("SKEWED_CLOCK", PathOf(node))];

    private string PathOf(int node) => Path.Combine(folder, $"clock{node}");
}
