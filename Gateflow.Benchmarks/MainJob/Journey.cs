using System.Globalization;
using System.Text.Json.Nodes;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>The two migrations, made by the calls that the product's documentation shows, while the traffic flows.</summary>
internal sealed class Journey(Stage stage, Traffic traffic, Task driving, ArrivalTrace trace, MainJobOptions options, TimeProvider clock, Action<string> say)
{
    public const double InjectedErrorRate = 0.3;
    private const double InjectAtWeight = 50;
    private const int TestRequests = 50;
    private const int WarmUpRequests = 200;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6); // replay samples are taken at 20 a second at most
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>So that both migrations find room in one stretch: ten steps and a soak, then five steps more, and the wizard's time.</summary>
    private TimeSpan Interval => Longer(trace.Length / options.Speed / 20, ShortestInterval);

    private TimeSpan Patience => Longer(TimeSpan.FromMinutes(3), Interval * 60);

    /// <summary>Lets the application use the source until the usage analysis and the replay have something to go on.</summary>
    public async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        await LingerAsync(WarmUp, cancellationToken);
        while (await stage.Api.CountUsageAsync(Cast.Source, cancellationToken) is var counted && counted < WarmUpRequests)
        {
            if (clock.GetElapsedTime(began) > Patience)
            {
                throw new JobException($"After {Patience.TotalSeconds:F0} s and {traffic.Done.Count} answers the usage analysis counts {counted} requests.");
            }

            await LingerAsync(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    /// <summary>A canary to a healthy target, until it is completed.</summary>
    public async Task<MigrationRun> CompleteAsync(string target, CancellationToken cancellationToken)
    {
        var run = await PrepareAsync(target, test: true, cancellationToken);
        await stage.Api.ExecuteAsync(run.Id, cancellationToken);
        var view = await WatchAsync(run.Id, v => Status(v) == "completed", cancellationToken);
        return run with { View = view, Events = await stage.Api.EventsAsync(run.Id, cancellationToken) };
    }

    /// <summary>A canary to a target that begins to fail half-way, until Gateflow has rolled it back by itself.</summary>
    public async Task<MigrationRun> FailHalfWayAsync(string target, CancellationToken cancellationToken)
    {
        var run = await PrepareAsync(target, test: false, cancellationToken);
        await stage.Api.ExecuteAsync(run.Id, cancellationToken);
        await WatchAsync(run.Id, v => v["progress"]!["traffic_on_target"]!.GetValue<double>() >= InjectAtWeight, cancellationToken);
        await LingerAsync(Interval / 2, cancellationToken); // in the middle of a step, whose split can then be seen too
        var injectedAt = clock.GetUtcNow();
        await stage.Simulator.FailAsync(target, InjectedErrorRate, cancellationToken);
        say($"{target} now fails {InjectedErrorRate:P0} of its requests");
        var view = await WatchAsync(run.Id, v => Status(v) == "rolled_back", cancellationToken);
        return run with
        {
            View = view,
            Events = await stage.Api.EventsAsync(run.Id, cancellationToken),
            InjectedAt = injectedAt,
            Rollback = await stage.Api.RollbackOfAsync(run.Id, cancellationToken),
        };
    }

    /// <summary>Lets the traffic flow for that time.</summary>
    public async Task LingerAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        for (var began = clock.GetTimestamp(); clock.GetElapsedTime(began) < time;)
        {
            await PauseAsync(cancellationToken);
        }
    }

    private async Task<MigrationRun> PrepareAsync(string target, bool test, CancellationToken cancellationToken)
    {
        var draft = await stage.Api.CreateMigrationAsync(Cast.Source, cancellationToken);
        var id = draft["migration_id"]!.GetValue<string>();
        var analyzed = draft["analysis"]!["total_requests"]!.GetValue<long>();
        say($"{id}: {Cast.Source} → {target}; {analyzed} requests analysed");
        var checks = (await stage.Api.CheckAsync(id, target, cancellationToken))["checks"]!.AsArray();
        List<string> failed = [.. checks.Where(c => c!["status"]!.GetValue<string>() == "fail").Select(c => $"{c!["feature"]}: {c["detail"]}")];
        say($"{id}: {checks.Count} compatibility checks, failed: {(failed.Count == 0 ? "none" : string.Join("; ", failed))}");
        JsonObject? results = null;
        if (test)
        {
            var answer = await stage.Api.TestAsync(id, target, TestRequests, cancellationToken);
            results = answer["results"] as JsonObject ?? throw new JobException($"The test of {id} ended as '{answer["status"]}' without results.");
            say($"{id}: {results["requests_tested"]} requests replayed, recommendation {results["recommendation"]}");
        }

        var view = await stage.Api.ConfigureAsync(id, new JsonObject
        {
            ["target_model"] = target,
            ["strategy"] = "canary",
            ["canary_percentage"] = 10,
            ["increase_step"] = 10,
            ["increase_interval_minutes"] = Math.Round(Interval.TotalMinutes, 4),
            ["auto_rollback"] = true,
            ["rollback_threshold"] = new JsonObject { ["error_rate"] = 0.05, ["latency_p99_increase"] = 2.0 },
        }, cancellationToken);
        return new MigrationRun { Id = id, Target = target, Analyzed = analyzed, Incompatible = failed, Test = results, Interval = Interval, View = view };
    }

    private async Task<JsonObject> WatchAsync(string id, Func<JsonObject, bool> until, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var told = "";
        while (true)
        {
            var view = await stage.Api.ReadAsync(id, cancellationToken);
            var progress = view["progress"]!;
            var news = string.Create(CultureInfo.InvariantCulture, $"{id}: {Status(view)} {progress["traffic_on_target"]} % {progress["hold_reason"]}").TrimEnd();
            if (news != told)
            {
                say(told = news);
            }

            if (until(view))
            {
                return view;
            }

            if (Status(view) is "completed" or "rolled_back" or "cancelled" || clock.GetElapsedTime(began) > Patience)
            {
                throw new JobException($"{id} is {Status(view)} at {progress["traffic_on_target"]} % after {clock.GetElapsedTime(began).TotalSeconds:F0} s, which is not what was to happen. "
                    + $"It says: {view["sentence"]}\nverdicts: {view["verdicts"]?.ToJsonString()}");
            }

            await PauseAsync(cancellationToken);
        }
    }

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        if (driving.IsCompleted)
        {
            await driving;
            throw new JobException("The traffic ended before the job did.");
        }

        await Task.Delay(Poll, clock, cancellationToken);
    }

    private static string Status(JsonObject view) => view["status"]!.GetValue<string>();

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
