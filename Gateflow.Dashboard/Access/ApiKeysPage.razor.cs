using System.Security.Claims;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Access;

/// <summary>The keys of applications and people: made, shown once, revoked. Administrators only.</summary>
public sealed partial class ApiKeysPage(
    ApiKeys store, ModelDirectory models, DialogService dialogs, NavigationManager navigation, IAuthorizationService authorization, TimeProvider clock)
{
    private readonly Loaded<IReadOnlyList<KeyView>> keys = new("The keys");
    private readonly Saving saving = new();

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    /// <summary>"ended" shows what is revoked or expired.</summary>
    [SupplyParameterFromQuery]
    private string? Show { get; set; }

    /// <summary>"true" opens the dialog at once.</summary>
    [SupplyParameterFromQuery]
    private string? Create { get; set; }

    private bool ShowEnded => Show == "ended";

    private List<KeyView> Shown => [.. (keys.Value ?? []).Where(k => IsActive(k) != ShowEnded)];

    protected override async Task OnInitializedAsync()
    {
        if (await IsAdminAsync())
        {
            await ReadAsync();
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && Create == "true" && await IsAdminAsync())
        {
            navigation.NavigateTo("/settings/api-keys", replace: true);
            await CreateAsync();
            StateHasChanged();
        }
    }

    private static bool IsActive(KeyView key) => key.Status == "active";

    // Use is counted by the hour: within the running one its minutes would be those since the hour began.
    private bool IsThisHour(DateTimeOffset used) => clock.GetUtcNow() - used < TimeSpan.FromHours(1);

    private static string? SignedInWith(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier);

    private async Task<bool> IsAdminAsync() => (await authorization.AuthorizeAsync((await Session).User, Policies.Admin)).Succeeded;

    private Task ReadAsync() => keys.ReadAsync(async () => await store.ListAsync(CancellationToken.None));

    private async Task CreateAsync()
    {
        var actor = (await Session).User.Identity?.Name ?? "unknown";
        await dialogs.OpenAsync<CreateKeyDialog>(
            "Create key",
            new Dictionary<string, object?>
            {
                [nameof(CreateKeyDialog.Actor)] = actor,
                [nameof(CreateKeyDialog.Model)] = models.Served.Count > 0 ? models.Served[0].Model : "gpt-4o",
            },
            // Closed by its own buttons only: a stray click must not lose a secret that is shown once.
            new DialogOptions { Width = "620px", ShowClose = false, CloseDialogOnEsc = false, CloseDialogOnOverlayClick = false, AutoFocusFirstElement = true });
        await ReadAsync();
    }

    private async Task EditAsync(KeyView key)
    {
        await dialogs.OpenAsync<EditKeyDialog>(
            $"Edit {key.Name}", new Dictionary<string, object?> { [nameof(EditKeyDialog.Key)] = key },
            new DialogOptions { Width = "620px", AutoFocusFirstElement = true });
        await ReadAsync();
    }

    private async Task RevokeAsync(KeyView key, string? own)
    {
        saving.Forget();
        if (await dialogs.ConfirmAsync(KeyWords.Revoking(key, key.Id == own)) is null)
        {
            return;
        }

        var revoked = await saving.TryAsync(async () => (await store.RevokeAsync(key.Id, CancellationToken.None)).Refusal?.Message, confirmed: true);
        await ReadAsync();
        if (revoked && key.Id == own)
        {
            navigation.NavigateTo("/login", forceLoad: true);
        }
    }
}
