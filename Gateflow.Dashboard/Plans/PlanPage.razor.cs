using Gateflow.Core.Plans;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Webhooks;
using Gateflow.Dashboard.Wizard;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Plans;

/// <summary>One plan: who is concerned, how far each is, the milestones, and the text for an issue tracker. Follows the migrations.</summary>
public sealed partial class PlanPage(
    PlanReader reader, PlanBook book, PublicAddress address, MigrationFeed feed, TimeProvider clock, DialogService dialogs, NavigationManager navigation, IAuthorizationService authorization)
    : IAsyncDisposable
{
    private readonly Loaded<PlanView> plan = new("The plan");
    private readonly CancellationTokenSource left = new();
    private readonly Saving saving = new();
    private Refreshing? refreshing;

    [Parameter]
    public string Id { get; set; } = "";

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    protected override Task OnParametersSetAsync() => ReadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            refreshing = new Refreshing(feed, clock, () => InvokeAsync(RefreshAsync), () => TimeSpan.FromMinutes(5));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await left.CancelAsync();
        left.Dispose();
        if (refreshing is not null)
        {
            await refreshing.DisposeAsync();
        }
    }

    private static string Beside(PlanItem item) => item.Kind switch
    {
        PlanItemKind.Key => "key; its requests name no feature",
        PlanItemKind.Model => "nobody asked for it",
        _ when item.Keys.Count > 0 => "by " + string.Join(", ", item.Keys.Take(3)) + (item.Keys.Count > 3 ? $" and {item.Keys.Count - 3} more" : ""),
        _ => "not used",
    };

    private Task ReadAsync() => plan.ReadAsync(async () => await reader.FindAsync(Id, left.Token));

    private async Task RefreshAsync()
    {
        if (!left.IsCancellationRequested)
        {
            await ReadAsync();
            StateHasChanged();
        }
    }

    private async Task DeleteAsync()
    {
        saving.Forget();
        if (plan.Value is not { } known || await dialogs.ConfirmAsync(PlanWords.Deleting(known)) is null)
        {
            return;
        }

        if (await saving.TryAsync(async () => (await book.DeleteAsync(known.Id, (await Acting.OfAsync(Session, authorization)).Name, CancellationToken.None)).Refusal?.Message, confirmed: true))
        {
            navigation.NavigateTo("/plans");
        }
    }
}
