using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Replay;

/// <summary>All tests over time, a page at a time; what is looked at stands in the address, by the API's names. Running ones move.</summary>
public sealed partial class ReplaysPage(ReplayReader reader, ReplayRunner runner, NavigationManager navigation) : IDisposable
{
    private const int PageSize = 25;

    private readonly Loaded<ListPage<ReplayView>> tests = new("The replays");
    private readonly Loaded<IReadOnlyList<string>> models = new("The models");
    private string? refused;

    [SupplyParameterFromQuery]
    private string? Model { get; set; }

    [SupplyParameterFromQuery]
    private string? Verdict { get; set; }

    [SupplyParameterFromQuery]
    private string? Status { get; set; }

    [SupplyParameterFromQuery]
    private string? Migration { get; set; }

    /// <summary>The place in the list; empty for its head.</summary>
    [SupplyParameterFromQuery]
    private string? Cursor { get; set; }

    private IReadOnlyList<string> Models => models.Value ?? [];

    private ReplayQuery Query => new() { Model = Text(Model), Verdict = Text(Verdict), Status = Text(Status), Migration = Text(Migration) };

    private (string Text, ReplayQuery Query, bool IsShown)[] Views
    {
        get
        {
            var rest = Query with { Verdict = null, Status = null };
            (string, ReplayQuery)[] views =
            [
                ("All", rest),
                ("Proceed", rest with { Verdict = "proceed" }),
                ("Review", rest with { Verdict = "review" }),
                ("Do not proceed", rest with { Verdict = "do_not_proceed" }),
                ("Running", rest with { Status = "running" }),
                ("Failed", rest with { Status = "failed" }),
            ];
            return [.. views.Select(v => (v.Item1, v.Item2, v.Item2 == Query))];
        }
    }

    protected override Task OnParametersSetAsync() => ReadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            runner.Changed += Follow;
        }
    }

    public void Dispose() => runner.Changed -= Follow;

    private static string? Text(object? value) => value is string { Length: > 0 } text ? text : null;

    private void Follow(string testId, string migrationId) => _ = InvokeAsync(async () =>
    {
        if (!tests.IsReading)
        {
            await ReadAsync();
            StateHasChanged();
        }
    });

    private async Task ReadAsync()
    {
        if (models.Value is null)
        {
            await models.ReadAsync(async () => await reader.ModelsAsync(CancellationToken.None));
        }

        await tests.ReadAsync(async () =>
        {
            refused = null;
            var found = await reader.ListAsync(Query, PageSize, Text(Cursor), CancellationToken.None);
            refused = found.Refusal?.Message;
            return found.Value ?? new ListPage<ReplayView>([], null);
        });
    }

    private void Go(ReplayQuery query) => navigation.NavigateTo(query.Address("/replays"), replace: true);
}
