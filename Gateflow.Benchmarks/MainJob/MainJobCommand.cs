namespace Gateflow.Benchmarks.MainJob;

/// <summary>The command <c>main-job</c>.</summary>
internal static class MainJobCommand
{
    private static readonly TimeSpan AfterRollback = TimeSpan.FromSeconds(3);

    private const string Help = """
        main-job: two real migrations under the traffic of a real service.

          --recordings FILE  recorded prompts and answers, JSONL of {"prompt": text, "answers": {model: text}}
          --trace FILE       arrivals of a real service, CSV of TIMESTAMP,ContextTokens,GeneratedTokens
          --speed N          times faster than the trace (60)
          --minutes N        length of the stretch in minutes of the trace, or
          --requests N       in arrivals (the whole trace)
          --seed N           order of the prompts and which answers are streamed (1)
          --out FILE         writes the markdown there, between <!-- main-job:begin --> and <!-- main-job:end --> if the file has these lines

        Exit code 0: every check holds; 1: one does not, or the job failed; 2: wrong arguments. docs/main-job.md explains the figures.
        """;

    public static Command Create() => new()
    {
        Name = "main-job",
        Summary = "two real migrations, one completed and one rolled back by itself, under real traffic",
        Help = Help,
        Options = MainJobOptions.Names,
        RunAsync = (line, cancellationToken) => RunAsync(MainJobOptions.Read(line), TimeProvider.System, cancellationToken),
    };

    private static async Task<int> RunAsync(MainJobOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var recordings = Recordings.Read(options.Answers, Cast.Models);
        var trace = ArrivalTrace.Read(options.Trace, options.Minutes, options.Requests);
        await using var stage = new Stage();
        try
        {
            await stage.OpenAsync(options, trace, clock, cancellationToken);
            var outcome = await PlayAsync(stage, options, recordings, trace, clock, cancellationToken);
            var report = Report.Of(outcome);
            Console.WriteLine();
            Console.WriteLine(report);
            if (options.Out is not null)
            {
                await MarkedSection.WriteAsync(options.Out, "main-job", report, cancellationToken);
            }

            return outcome.IsGood ? 0 : 1;
        }
        catch (Exception fault) when (fault is HttpRequestException or JobException)
        {
            throw new JobException($"{fault.Message}\n{stage.Tails}");
        }
    }

    private static async Task<Outcome> PlayAsync(
        Stage stage, MainJobOptions options, Recordings recordings, ArrivalTrace trace, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (startedAt, began) = (clock.GetUtcNow(), clock.GetTimestamp());
        var key = await stage.Api.CreateKeyAsync("main job", cancellationToken);
        using var application = new Application(stage.Endpoint, key, recordings, options.Seed, clock);
        using var traffic = new Traffic(application, trace, recordings, options, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var driving = traffic.RunAsync(stop.Token, cancellationToken);
        var journey = new Journey(stage, traffic, driving, trace, options, clock, Say);
        MigrationRun completed, rolledBack;
        try
        {
            await journey.WarmUpAsync(cancellationToken);
            completed = await journey.CompleteAsync(Cast.Healthy, cancellationToken);
            await stage.Api.RollBackAsync(completed.Id, "The main job frees the source for its second migration", cancellationToken);
            await journey.LingerAsync(AfterRollback, cancellationToken);
            rolledBack = await journey.FailHalfWayAsync(Cast.Failing, cancellationToken);
            await journey.LingerAsync(AfterRollback, cancellationToken);
        }
        finally
        {
            await stop.CancelAsync();
            await driving;
        }

        var duration = clock.GetElapsedTime(began);
        Say($"{traffic.Sent} requests sent, {traffic.Done.Count(e => e.Failure is not null)} failures seen by the application");
        var exchanges = traffic.Done.ToList();
        return new Outcome
        {
            Options = options,
            Trace = trace,
            Prompts = recordings.Count,
            StartedAt = startedAt,
            Duration = duration,
            Sent = traffic.Sent,
            MostInFlight = traffic.MostSeenInFlight,
            Exchanges = exchanges,
            Completed = completed,
            RolledBack = rolledBack,
            Detection = Detection.Of(rolledBack, exchanges),
            Accounts = await new Accounts(stage.Api, clock).SettleAsync(exchanges, [completed, rolledBack], cancellationToken),
        };

        void Say(string news) => Console.WriteLine($"{clock.GetElapsedTime(began):mm\\:ss} {news}");
    }
}
