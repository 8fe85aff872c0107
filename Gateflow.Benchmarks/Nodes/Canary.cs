using System.Text.Json.Nodes;

namespace Gateflow.Benchmarks.Nodes;

/// <summary>A migration through steps of equal length, and what may be said of its events.</summary>
internal sealed class Canary
{
    private readonly NodeFleet _fleet;
    private readonly IReadOnlyList<double> _weights;

    private Canary(NodeFleet fleet, string id, IReadOnlyList<double> weights) => (_fleet, Id, _weights) = (fleet, id, weights);

    public string Id { get; }

    private ManagementApi Api => _fleet.Nodes.OfType<Node>().First().Api;

    /// <param name="fleet">Where.</param>
    /// <param name="weights">Percent of each step.</param>
    /// <param name="hold">Length of a step.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<Canary> StartAsync(NodeFleet fleet, IReadOnlyList<double> weights, TimeSpan hold, CancellationToken cancellationToken)
    {
        var api = fleet.Nodes.OfType<Node>().First().Api;
        var id = (await api.CreateMigrationAsync(NodeFleet.Source, cancellationToken))["migration_id"]!.GetValue<string>();
        await api.ConfigureAsync(
            id,
            new JsonObject
            {
                ["target_model"] = NodeFleet.Target,
                ["strategy"] = "steps",
                ["steps"] = new JsonArray([.. weights.Select(w => new JsonObject { ["weight"] = w, ["hold_minutes"] = hold.TotalMinutes })]),
                ["min_samples"] = 3,
                ["soak_minutes"] = 0.05,
                ["rollback_threshold"] = new JsonObject { ["error_rate"] = 0.2 },
            },
            cancellationToken);
        await api.ExecuteAsync(id, cancellationToken);
        return new Canary(fleet, id, weights);
    }

    public async Task<string> StatusAsync(CancellationToken cancellationToken) =>
        (await Api.ReadAsync(Id, cancellationToken))["status"]!.GetValue<string>();

    /// <summary>Weights of the steps taken so far, in the order of their events.</summary>
    public async Task<IReadOnlyList<double>> TakenAsync(CancellationToken cancellationToken) =>
        [.. (await Api.EventsAsync(Id, cancellationToken)).Where(e => Type(e) is "started" or "step_advanced").Select(e => e["data"]!["weight"]!.GetValue<double>())];

    /// <summary>Everything that is wrong with the events of a canary that completed; nothing when all is well.</summary>
    public async Task<IReadOnlyList<string>> FaultsAsync(CancellationToken cancellationToken)
    {
        var events = await Api.EventsAsync(Id, cancellationToken);
        List<string> faults = [];
        var taken = await TakenAsync(cancellationToken);
        if (!taken.SequenceEqual(_weights))
        {
            faults.Add($"{Id} took the steps {string.Join(' ', taken)} of {string.Join(' ', _weights)}");
        }

        faults.AddRange(new[] { "started", "soaking", "completed" }.Where(type => events.Count(e => Type(e) == type) != 1).Select(type => $"{Id} has not one event {type}"));
        if (events.Select(e => e["id"]!.GetValue<string>()).Distinct().Count() != events.Count)
        {
            faults.Add($"{Id} shows an event twice");
        }

        var verdicts = events.Where(e => Type(e) == "verdict_changed").Select(e => (From: Text(e, "from"), To: Text(e, "to"))).ToList();
        faults.AddRange(verdicts.Zip(verdicts.Skip(1)).Where(pair => pair.First.To != pair.Second.From && pair.Second.From != "no_traffic" && pair.First.To != "no_traffic")
            .Select(pair => $"{Id} has a verdict that turned to {pair.First.To} and then from {pair.Second.From}"));
        return faults;
    }

    private static string Type(JsonObject e) => e["type"]!.GetValue<string>();

    private static string Text(JsonObject e, string field) => e["data"]![field]!.GetValue<string>();
}
