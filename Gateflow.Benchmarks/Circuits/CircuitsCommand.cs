using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateflow.Benchmarks.GatewaySpeed;
using Gateflow.Benchmarks.MainJob;
using static System.FormattableString;

namespace Gateflow.Benchmarks.Circuits;

/// <summary>The command <c>circuits</c>: what many viewers of one running migration cost.</summary>
internal static partial class CircuitsCommand
{
    private const int Traffic = 20;
    private const int Connections = 64;
    private const int Changes = 6;

    /// <summary>How long the server waits for answers of browsers that left.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(25);

    private const string Help = """
        circuits: many viewers of the live page of one running canary, each a real circuit over a WebSocket in Blazor's own protocol, at 20 requests a second.

          --viewers N   circuits (200)
          --opens N     pages opened and closed for the leak check (1000)
          --seconds N   length of each stretch (20)
          --out FILE    writes the markdown there, between <!-- circuits:begin --> and <!-- circuits:end --> if the file has these lines

        Needs Linux, two cores and taskset: the program has core 1 for itself. Build with -c Release. Exit code 0: every goal is met.
        """;

    public static Command Create() => new()
    {
        Name = "circuits",
        Summary = "what viewers of a live migration cost",
        Help = Help,
        Options = ["--viewers", "--opens", "--seconds", "--out"],
        RunAsync = (line, cancellationToken) => RunAsync(
            line.Integer("--viewers", 200, 1, 2000), line.Integer("--opens", 1000, 0, 100_000), TimeSpan.FromSeconds(line.Number("--seconds", 20, 2, 600)),
            line.Text("--out"), TimeProvider.System, cancellationToken),
    };

    private static async Task<int> RunAsync(int viewers, int opens, TimeSpan time, string? path, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var provider = new ProviderStub();
        await using var subject = await Subject.GateflowAsync("gateflow", provider, records: true, Canary(), cancellationToken);
        var cookies = new CookieContainer();
        using var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, UseProxy = false }) { BaseAddress = subject.Http.BaseAddress };
        await SignInAsync(browser, cancellationToken);
        var page = new Uri(subject.Http.BaseAddress!, $"migrations/{subject.Migration}?range=1h");

        Say("warming up");
        await subject.Load.SaturateAsync(Connections, time, cancellationToken);
        await OpenAndCloseAsync(browser, cookies, page, 60, cancellationToken);
        var before = await subject.Load.SaturateAsync(Connections, time, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var traffic = KeepBusyAsync(subject, stop.Token);
        await Task.Delay(time, clock, cancellationToken);
        var idle = await CpuAsync(subject, time, clock, cancellationToken);
        var heapBefore = await ManagedHeap.LiveAsync(subject.ProcessId, subject.Http, clock, cancellationToken);

        Say($"opening {viewers} circuits");
        List<Viewer> open = [];
        while (open.Count < viewers)
        {
            open.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(10, viewers - open.Count)).Select(_ => Viewer.OpenAsync(browser, cookies, page, cancellationToken))));
        }

        await Task.Delay(time, clock, cancellationToken);
        var (batches, bytes) = (open.Sum(v => v.Batches), open.Sum(v => v.Bytes));
        var busy = await CpuAsync(subject, time, clock, cancellationToken);
        var perSecond = (open.Sum(v => v.Batches) - batches) / time.TotalSeconds / viewers;
        var size = (open.Sum(v => v.Bytes) - bytes) / Math.Max(1.0, open.Sum(v => v.Batches) - batches);
        var heapOpen = await ManagedHeap.LiveAsync(subject.ProcessId, subject.Http, clock, cancellationToken);
        Say("pausing and resuming");
        var pushes = await PushAsync(subject, open, clock, cancellationToken);

        await stop.CancelAsync();
        await traffic.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        Say("saturating the gateway meanwhile, then alone");
        batches = open.Sum(v => v.Batches);
        var watched = await subject.Load.SaturateAsync(Connections, time, cancellationToken);
        var perSecondThen = (open.Sum(v => v.Batches) - batches) / time.TotalSeconds / viewers;
        var faults = open.Select(v => v.Fault).OfType<string>().ToList();
        await CloseAsync(open);
        await Task.Delay(TimeSpan.FromSeconds(5), clock, cancellationToken);
        var alone = await subject.Load.SaturateAsync(Connections, time, cancellationToken);

        Say($"opening and closing {opens} pages");
        await Task.Delay(Forgotten, clock, cancellationToken);
        var heapClosed = await ManagedHeap.LiveAsync(subject.ProcessId, subject.Http, clock, cancellationToken);
        await OpenAndCloseAsync(browser, cookies, page, opens, cancellationToken);
        Say("waiting until they are forgotten");
        await Task.Delay(Forgotten, clock, cancellationToken);
        var heapAfter = await ManagedHeap.LiveAsync(subject.ProcessId, subject.Http, clock, cancellationToken);

        if (faults.Count > 0)
        {
            throw new JobException($"{faults.Count} circuits broke: {faults[0]}");
        }

        var figures = new CircuitFigures
        {
            Viewers = viewers, Opens = opens, Idle = idle, Busy = busy, PerSecond = perSecond, PerSecondSaturated = perSecondThen, BatchBytes = size, HeapACircuit = (heapOpen - heapBefore) / viewers,
            Push = new Quantiles(pushes), Kept = watched.PerSecond * 2 / (before.PerSecond + alone.PerSecond), HeapBefore = heapClosed, HeapAfter = heapAfter,
        };
        var report = figures.Report(clock.GetUtcNow());
        Console.WriteLine(report);
        if (path is not null)
        {
            await MarkedSection.WriteAsync(path, "circuits", report, cancellationToken);
        }

        return figures.AreGood ? 0 : 1;
    }

    private static JsonObject Canary() => new()
    {
        ["strategy"] = "canary", ["canary_percentage"] = 50, ["increase_interval_minutes"] = 600, ["sticky_by"] = "request", ["rollback_threshold"] = new JsonObject { ["error_rate"] = 0.05 },
    };

    /// <summary>Requests for as long as the run lasts, so that there is something new to see every second.</summary>
    private static async Task KeepBusyAsync(Subject subject, CancellationToken cancellationToken)
    {
        while (true)
        {
            await subject.Load.PaceAsync(Traffic, TimeSpan.FromMinutes(10), cancellationToken);
        }
    }

    /// <summary>Percent of one core that the program uses.</summary>
    private static async Task<double> CpuAsync(Subject subject, TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (cpu, began) = (subject.CpuMs, clock.GetTimestamp());
        await Task.Delay(time, clock, cancellationToken);
        return 100 * (subject.CpuMs - cpu) / clock.GetElapsedTime(began).TotalMilliseconds;
    }

    /// <summary>From the moment at which a pause or its end is stored, to each viewer's batch that shows it.</summary>
    private static async Task<List<TimeSpan>> PushAsync(Subject subject, List<Viewer> open, TimeProvider clock, CancellationToken cancellationToken)
    {
        List<TimeSpan> pushes = [];
        for (var change = 0; change < Changes; change++)
        {
            var (word, command) = change % 2 == 0 ? ("Paused"u8.ToArray(), "pause") : ("In progress"u8.ToArray(), "resume");
            await Task.Delay(TimeSpan.FromSeconds(2 + (0.137 * change)), clock, cancellationToken);
            var seen = open.ConvertAll(v => v.SeeAsync(word));
            await subject.Api.ActAsync(subject.Migration!, command, cancellationToken);
            var told = Stopwatch.GetTimestamp();
            foreach (var at in await Task.WhenAll(seen).WaitAsync(TimeSpan.FromSeconds(30), cancellationToken))
            {
                pushes.Add(at < told ? TimeSpan.Zero : Stopwatch.GetElapsedTime(told, at));
            }
        }

        return pushes;
    }

    private static async Task OpenAndCloseAsync(HttpClient browser, CookieContainer cookies, Uri page, int count, CancellationToken cancellationToken)
    {
        for (var done = 0; done < count; done += 5)
        {
            await CloseAsync([.. await Task.WhenAll(Enumerable.Range(0, Math.Min(5, count - done)).Select(_ => Viewer.OpenAsync(browser, cookies, page, cancellationToken)))]);
        }
    }

    private static async Task CloseAsync(List<Viewer> viewers)
    {
        foreach (var viewer in viewers)
        {
            await viewer.DisposeAsync();
        }
    }

    private static async Task SignInAsync(HttpClient browser, CancellationToken cancellationToken)
    {
        var html = await browser.GetStringAsync("login", cancellationToken);
        using var form = new FormUrlEncodedContent([new("__RequestVerificationToken", AntiforgeryToken().Match(html).Groups[1].Value), new("key", Subject.Key), new("returnUrl", "/")]);
        using var answer = await browser.PostAsync("login", form, cancellationToken);
        if (answer.RequestMessage!.RequestUri!.AbsolutePath.StartsWith("/login", StringComparison.Ordinal))
        {
            throw new JobException(Invariant($"Signing in led to {answer.RequestMessage.RequestUri}."));
        }
    }

    private static void Say(string news) => Console.WriteLine($"{news} …");

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
