using System.Text.Json.Nodes;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>One number that the application and the gateway both counted.</summary>
/// <param name="What">What was counted.</param>
/// <param name="Application">As the application counted.</param>
/// <param name="Gateway">As the gateway's rows tell.</param>
internal sealed record Account(string What, long Application, long Gateway);

/// <summary>Compares the gateway's rows with the requests sent, once the last of them have been written.</summary>
internal sealed class Accounts(ManagementApi api, TimeProvider clock)
{
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(15);

    public async Task<IReadOnlyList<Account>> SettleAsync(IReadOnlyCollection<Exchange> exchanges, IReadOnlyList<MigrationRun> runs, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            List<Account> accounts = [new("requests for " + Cast.Source, exchanges.Count, await api.CountUsageAsync(Cast.Source, cancellationToken))];
            foreach (var run in runs)
            {
                var metrics = (await api.ReadAsync(run.Id, cancellationToken))["metrics"]!;
                var ours = exchanges.Where(e => e.Migration == run.Id && e.Arm is not null).ToList();
                accounts.Add(new($"→ {run.Target}, source arm", ours.Count(e => !e.OnTarget), Count(metrics, "source_requests")));
                accounts.Add(new($"→ {run.Target}, target arm", ours.Count(e => e.OnTarget), Count(metrics, "target_requests")));
                accounts.Add(new($"→ {run.Target}, answered by the source instead", ours.Count(e => e.OnTarget && e.FallbackReason is not null), Count(metrics, "fallbacks")));
            }

            if (accounts.TrueForAll(a => a.Application == a.Gateway) || clock.GetElapsedTime(began) > LongestWrite)
            {
                return accounts;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
        }
    }

    private static long Count(JsonNode metrics, string field) => metrics[field]?.GetValue<long>() ?? 0;
}
