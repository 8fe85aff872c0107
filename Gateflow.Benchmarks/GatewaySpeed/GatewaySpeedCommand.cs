using System.Diagnostics;
using System.Text.Json.Nodes;
using Gateflow.Benchmarks.Processes;

namespace Gateflow.Benchmarks.GatewaySpeed;

/// <summary>The command <c>gateway-speed</c>: what the gateway costs, side by side with a bare pass-through in the same run.</summary>
internal static class GatewaySpeedCommand
{
    private const string Pinned = "GATEFLOW_BENCHMARK_PINNED";
    private const int LoadCore = 0;
    private const int Connections = 64;
    private const int PaceRate = 500;

    /// <summary>Paced stretches are longer: the 99th percentile of a thousand requests is its ten slowest, and one pause of the machine moves it.</summary>
    private const int PacedParts = 3;

    private const int Streams = 200;
    private const int HeldStreams = 1000;
    private const int MemoryStarts = 5;

    /// <summary>Load before memory is read: until then most of what a program takes is the code that is being compiled.</summary>
    private static readonly TimeSpan MemoryWarmUp = TimeSpan.FromSeconds(20);

    private const string Help = """
        gateway-speed: requests a second, CPU, latency, streams, memory and allocations of the gateway against a bare .NET pass-through.

          --rounds N    rounds; every figure is the median of them (5)
          --seconds N   length of each stretch of load (5)
          --warm-up N   seconds of load before the first round, for each program (60): until then busy code is still being compiled to its best
          --out FILE    writes the markdown there, between <!-- gateway-speed:begin --> and <!-- gateway-speed:end --> if the file has these lines

        Needs two cores and taskset: load and provider share core 0, each program under test has core 1 for itself. Build with -c Release. docs/speed.md explains the figures.
        """;

    public static Command Create() => new()
    {
        Name = "gateway-speed",
        Summary = "what the gateway costs against a bare pass-through",
        Help = Help,
        Options = ["--rounds", "--seconds", "--warm-up", "--out"],
        RunAsync = RunAsync,
    };

    private static async Task<int> RunAsync(CommandLine line, CancellationToken cancellationToken)
    {
        var rounds = line.Integer("--rounds", 5, 1, 100);
        var time = TimeSpan.FromSeconds(line.Number("--seconds", 5, 1, 600));
        var warmUp = TimeSpan.FromSeconds(line.Number("--warm-up", 60, 1, 600));
        if (Environment.GetEnvironmentVariable(Pinned) is null)
        {
            return await PinAsync(cancellationToken);
        }

        using var provider = new ProviderStub();
        var figures = new Figures(SpeedReport.Subjects);
        for (var start = 1; start <= MemoryStarts; start++)
        {
            Say($"memory, start {start} of {MemoryStarts}");
            await HoldAsync(await Subject.FloorAsync(provider, cancellationToken), provider, figures, cancellationToken);
            await HoldAsync(await Subject.GateflowAsync(SpeedReport.Gateflow, provider, records: true, migration: null, cancellationToken), provider, figures, cancellationToken);
        }

        await using var floor = await Subject.FloorAsync(provider, cancellationToken);
        await using var gateflow = await Subject.GateflowAsync(SpeedReport.Gateflow, provider, records: true, migration: null, cancellationToken);
        await using var silent = await Subject.GateflowAsync(SpeedReport.Silent, provider, records: false, migration: null, cancellationToken);
        await using var canary = await Subject.GateflowAsync(SpeedReport.Canary, provider, records: true, Canary(), cancellationToken);
        await using var shadow = await Subject.GateflowAsync(SpeedReport.Shadow, provider, records: true, Shadow(), cancellationToken);
        Subject[] all = [floor, gateflow, silent, canary];
        foreach (var subject in (Subject[])[.. all, shadow])
        {
            Say($"warming up {subject.Name}");
            await subject.Load.SaturateAsync(Connections, warmUp, cancellationToken);
            await StreamAsync(subject, provider, cancellationToken);
        }

        for (var round = 1; round <= rounds; round++)
        {
            Say($"round {round} of {rounds}");
            foreach (var subject in all)
            {
                await SaturateAsync(subject, time, figures, cancellationToken);
            }

            foreach (var subject in (Subject[])[floor, gateflow])
            {
                await PaceAsync(subject, time, figures, cancellationToken);
                await StreamAsync(subject, provider, figures, cancellationToken);
            }

            await PaceAsync(canary, time, figures, cancellationToken); // what a migration costs without copies: all its requests are logged
            await PaceAsync(shadow, time, figures, cancellationToken); // saturated, half of its work would be copies
        }

        var report = SpeedReport.Of(figures, rounds, time);
        Console.WriteLine(report);
        if (line.Text("--out") is { } path)
        {
            await MarkedSection.WriteAsync(path, "gateway-speed", report, cancellationToken);
        }

        return 0;
    }

    private static async Task SaturateAsync(Subject subject, TimeSpan time, Figures figures, CancellationToken cancellationToken)
    {
        var (cpu, allocated) = (subject.CpuMs, await subject.AllocatedAsync(cancellationToken));
        var stretch = await subject.Load.SaturateAsync(Connections, time, cancellationToken);
        figures.Add(subject.Name, Figure.PerSecond, stretch.PerSecond);
        figures.Add(subject.Name, Figure.Cpu, (subject.CpuMs - cpu) * 1000 / stretch.Requests);
        figures.Add(subject.Name, Figure.Allocated, (await subject.AllocatedAsync(cancellationToken) - allocated) / stretch.Requests);
    }

    private static async Task PaceAsync(Subject subject, TimeSpan time, Figures figures, CancellationToken cancellationToken)
    {
        var cpu = subject.CpuMs;
        var stretch = await subject.Load.PaceAsync(PaceRate, time * PacedParts, cancellationToken);
        figures.Add(subject.Name, Figure.PacedP50, stretch.Quantile(0.5));
        figures.Add(subject.Name, Figure.PacedP99, stretch.Quantile(0.99));
        figures.Add(subject.Name, Figure.PacedCpu, (subject.CpuMs - cpu) * 1000 / stretch.Requests);
    }

    private static async Task StreamAsync(Subject subject, ProviderStub provider, Figures figures, CancellationToken cancellationToken)
    {
        var (first, hops) = await StreamAsync(subject, provider, cancellationToken);
        figures.Add(subject.Name, Figure.FirstByteP50, first.Quantile(0.5) - provider.Pace.TotalMilliseconds);
        figures.Add(subject.Name, Figure.HopP50, hops.Quantile(0.5));
        figures.Add(subject.Name, Figure.HopP99, hops.Quantile(0.99));
    }

    private static Task<(Stretch FirstBytes, Stretch Hops)> StreamAsync(Subject subject, ProviderStub provider, CancellationToken cancellationToken)
    {
        (provider.Chunks, provider.Pace) = (30, TimeSpan.FromMilliseconds(20));
        return subject.Load.StreamAsync(Streams, 4, cancellationToken);
    }

    /// <summary>What open streams add to a program of its own: one that has held as many before has room left for them.</summary>
    private static async Task HoldAsync(Subject fresh, ProviderStub provider, Figures figures, CancellationToken cancellationToken)
    {
        await using var subject = fresh;
        await subject.Load.SaturateAsync(Connections, MemoryWarmUp, cancellationToken);
        (provider.Chunks, provider.Pace) = (1000, TimeSpan.FromSeconds(1));
        var before = subject.MemoryMb;
        var held = await subject.Load.HoldAsync(HeldStreams, cancellationToken);
        figures.Add(subject.Name, Figure.StreamMemory, subject.MemoryMb - before);
        foreach (var connection in held)
        {
            connection.Dispose();
        }
    }

    private static JsonObject Canary() => new() { ["strategy"] = "canary", ["canary_percentage"] = 50, ["increase_interval_minutes"] = 600, ["sticky_by"] = "request" };

    private static JsonObject Shadow() => new() { ["strategy"] = "shadow", ["duration_hours"] = 10, ["sticky_by"] = "request" };

    /// <summary>Starts this very command again on the core of the load.</summary>
    private static async Task<int> PinAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount < 2)
        {
            throw new JobException("This needs Linux with two cores: the load must not share a core with what is measured.");
        }

        var start = new ProcessStartInfo("taskset") { UseShellExecute = false };
        foreach (var argument in (string[])["-c", LoadCore.ToString(System.Globalization.CultureInfo.InvariantCulture), BuiltPrograms.DotNet, "exec", .. Environment.GetCommandLineArgs()])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Pinned] = "1";
        using var process = Process.Start(start) ?? throw new JobException("taskset did not start.");
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    private static void Say(string news) => Console.WriteLine($"{news} …");
}
