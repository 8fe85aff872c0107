using System.Globalization;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Replay;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Evaluations;

/// <summary>One run: its progress, what it found, and every item.</summary>
public sealed partial class EvaluationPage(EvaluationReader reader, EvaluationRunner runner, TimeProvider clock, DialogService dialogs, NavigationManager navigation) : IDisposable
{
    private readonly Loaded<EvaluationView> run = new("The run");
    private readonly Saving saving = new();
    private RunFollowing? following;
    private string? elsewhere;
    private bool busy;

    [Parameter]
    public string Id { get; set; } = "";

    protected override Task OnParametersSetAsync() => ReadAsync();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        following ??= new RunFollowing(runner, clock, (id, _) => id == Id, InvokeAsync, FollowAsync);
        following.While(run.Value is { IsOver: false });
        if (firstRender && run.Value is { IsOver: false })
        {
            await FollowAsync(); // it may have ended in between
        }
    }

    public void Dispose() => following?.Dispose();

    private static string Css(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(share, 0, 1) * 100:0.#}%");

    private async Task FollowAsync()
    {
        await ReadAsync();
        StateHasChanged();
    }

    private Task ReadAsync() => run.ReadAsync(() => reader.FindAsync(Id, CancellationToken.None));

    private async Task CancelAsync()
    {
        busy = true;
        var cancelled = await runner.CancelAsync(Id, CancellationToken.None);
        busy = false;
        await ReadAsync();
        elsewhere = cancelled || run.Value is null or { IsOver: true } ? null : "It runs on another node; cancel it there.";
    }

    private async Task DeleteAsync()
    {
        elsewhere = null;
        saving.Forget();
        var shown = run.Value!;
        var answer = await dialogs.ConfirmAsync(new ConfirmRequest
        {
            Title = "Delete this run", Consequence = $"Its figures and the answers to {Display.Count(shown.Done, "item")} are deleted and cannot be brought back.", Verb = "Delete run", Danger = true,
        });
        if (answer is not null && await saving.TryAsync(async () => (await runner.DeleteAsync(Id, CancellationToken.None))?.Message, confirmed: true))
        {
            navigation.NavigateTo($"/datasets/{shown.DatasetId}");
        }
    }
}
