using Gateflow.Dashboard.Replay;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>The pairs of a test, to be read and rated.</summary>
public sealed partial class PairBrowser(ReplayReader reader)
{
    private const int Size = 5;

    private IReadOnlyList<ReplayPairView>? pairs;
    private ReplayPairOrder order = ReplayPairOrder.MostDifferent;
    private string? loaded;
    private string? fault;
    private bool more;
    private int skip;

    [Parameter, EditorRequired]
    public string MigrationId { get; set; } = "";

    [Parameter, EditorRequired]
    public ReplayView Test { get; set; } = default!;

    [Parameter, EditorRequired]
    public Acting Acting { get; set; } = default!;

    protected override async Task OnParametersSetAsync()
    {
        if (loaded != Test.TestId)
        {
            (loaded, skip) = (Test.TestId, 0);
            await LoadAsync();
        }
    }

    private async Task LoadAsync() => (pairs, more) = await reader.PairsAsync(Test.TestId, order, skip, Size, CancellationToken.None);

    private Task OrderAsync(ReplayPairOrder wanted)
    {
        (order, skip) = (wanted, 0);
        return LoadAsync();
    }

    private Task PageAsync(int by)
    {
        skip = Math.Max(0, skip + by);
        return LoadAsync();
    }

    /// <summary>The same word again takes it back.</summary>
    private async Task RateAsync(ReplayPairView pair, string word)
    {
        var refusal = await reader.RateAsync(MigrationId, Test.TestId, pair.PairId, pair.Rating == word ? null : word, CancellationToken.None);
        fault = refusal?.Message;
        await LoadAsync();
    }

    private static string Text(bool value) => value ? "true" : "false";
}
