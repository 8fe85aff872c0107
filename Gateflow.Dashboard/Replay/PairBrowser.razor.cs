using Gateflow.Core;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Replay;

/// <summary>The pairs of a test, to be read and rated by those who may. Filter, order and page stand in the address.</summary>
public sealed partial class PairBrowser(PairReader reader, NavigationManager navigation)
{
    private const int Size = 5;
    private const string FilterName = "pairs";
    private const string OrderName = "order";
    private const string PageName = "page";

    private readonly Loaded<Found> read = new("The pairs");
    private readonly Loaded<IReadOnlyList<string>> all = new("The pairs");
    private readonly Dictionary<string, PairCard> cards = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<ReplayPairFilter, int> counts = new Dictionary<ReplayPairFilter, int>();
    private List<ReplayPairView>? pairs;
    private (string TestId, DateTimeOffset? At, ReplayPairFilter Filter, ReplayPairOrder Order, int Page)? loaded;
    private ReplayPairFilter filter;
    private ReplayPairOrder order;
    private int page = 1;
    private string? fault;
    private List<string> chosen = [];
    private DatasetView? added;
    private bool adding;
    private bool marked = true;
    private bool more;

    [Parameter, EditorRequired]
    public ReplayView Test { get; set; } = default!;

    /// <summary>False for viewers: they get no prompt and no answer.</summary>
    [Parameter, EditorRequired]
    public bool MayRead { get; set; }

    /// <summary>Who sits at the page.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    /// <summary>A rating was stored, so the test's recommendation may be another.</summary>
    [Parameter]
    public EventCallback OnRated { get; set; }

    [SupplyParameterFromQuery(Name = FilterName)]
    private string? FilterWord { get; set; }

    [SupplyParameterFromQuery(Name = OrderName)]
    private string? OrderWord { get; set; }

    [SupplyParameterFromQuery(Name = PageName)]
    private int? PageNumber { get; set; }

    private int Skip => (page - 1) * Size;

    protected override async Task OnParametersSetAsync()
    {
        filter = Wire.TryParse<ReplayPairFilter>(FilterWord, out var which) ? which : ReplayPairFilter.All;
        order = Wire.TryParse<ReplayPairOrder>(OrderWord, out var wanted) ? wanted : ReplayPairOrder.MostDifferent;
        page = Math.Clamp(PageNumber ?? 1, 1, 10_000);
        var now = (Test.TestId, Test.FinishedAt, filter, order, page);
        if (MayRead && loaded != now)
        {
            loaded = now;
            await ReadAsync();
        }
    }

    private async Task ReadAsync()
    {
        fault = null;
        await read.ReadAsync(async () =>
        {
            var kinds = await reader.CountsAsync(Test.TestId, CancellationToken.None);
            var (found, further) = await reader.ListAsync(Test.TestId, new PairQuery(order, filter, Skip, Size), CancellationToken.None);
            return new Found(kinds, [.. found], further);
        });
        if (read is not { Fault: null, Value: { } shown })
        {
            return;
        }

        (counts, pairs, more) = shown;
        foreach (var gone in cards.Keys.Except(pairs.Select(p => p.PairId)).ToList())
        {
            cards.Remove(gone);
        }
    }

    /// <summary>Pairs stay where they are although they may fit the filter no longer: what is being looked at must not jump.</summary>
    private async Task RateAsync(string pairId, string? word)
    {
        try
        {
            if (await reader.RateAsync(Test.MigrationId, Test.TestId, pairId, word, CancellationToken.None) is { } refusal)
            {
                fault = refusal.Message;
                return;
            }
        }
        catch (Exception broken) when (DatabaseFault.Is(broken))
        {
            fault = DatabaseFault.NotSaved(broken);
            return;
        }

        fault = null;
        if (pairs!.FindIndex(p => p.PairId == pairId) is >= 0 and var at) // another page or filter may have been opened meanwhile
        {
            pairs[at] = pairs[at] with { Rating = word };
        }

        try
        {
            counts = await reader.CountsAsync(Test.TestId, CancellationToken.None);
        }
        catch (Exception broken) when (DatabaseFault.Is(broken))
        {
            fault = $"The rating is saved, but the pairs could not be counted: {broken.Message}";
        }

        await OnRated.InvokeAsync();
    }

    /// <summary>What is chosen stays so on other pages and under other filters.</summary>
    private void Choose(string pairId)
    {
        if (!chosen.Remove(pairId))
        {
            chosen.Add(pairId);
        }
    }

    private async Task ChooseAllAsync()
    {
        await all.ReadAsync(async () => await reader.IdsAsync(Test.TestId, new PairQuery(order, filter, 0, FromPairs.MostPairs), CancellationToken.None));
        if (all is { Fault: null, Value: { } ids })
        {
            chosen = [.. chosen.Union(ids, StringComparer.Ordinal)];
        }
    }

    private void Added(DatasetView set) => (added, chosen, adding) = (set, [], false);

    private async Task MoveAsync(int index)
    {
        if (index >= 0 && index < pairs!.Count && cards.TryGetValue(pairs[index].PairId, out var card))
        {
            await card.FocusAsync();
        }
    }

    /// <summary>The present address with that part of the pairs; what is usual is left out.</summary>
    private string Address(ReplayPairFilter which, ReplayPairOrder sort, int number) => navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        [FilterName] = which == ReplayPairFilter.All ? null : Wire.Name(which),
        [OrderName] = sort == ReplayPairOrder.MostDifferent ? null : Wire.Name(sort),
        [PageName] = number == 1 ? null : number,
    });

    private sealed record Found(IReadOnlyDictionary<ReplayPairFilter, int> Counts, List<ReplayPairView> Pairs, bool More);
}
