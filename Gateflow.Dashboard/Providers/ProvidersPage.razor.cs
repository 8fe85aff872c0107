using System.Text.Json.Nodes;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Providers;

/// <summary>The providers of configuration and database with their health: added, tested, changed, switched off, deleted.</summary>
public sealed partial class ProvidersPage(
    ProviderStore store, ProviderTesting testing, ProviderHealths healths, DialogService dialogs, NavigationManager navigation, IAuthorizationService authorization) : IDisposable
{
    private readonly Loaded<IReadOnlyList<ProviderView>> providers = new("The providers");
    private readonly Saving saving = new();
    private readonly Dictionary<string, TestView> results = new(StringComparer.Ordinal);
    private readonly HashSet<string> underTest = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource left = new();
    private string? untested;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    /// <summary>"true" opens the dialog at once.</summary>
    [SupplyParameterFromQuery]
    private string? Add { get; set; }

    public void Dispose()
    {
        healths.Changed -= Probed;
        left.Cancel();
        left.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        healths.Changed += Probed;
        await ReadAsync();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && Add == "true" && (await authorization.AuthorizeAsync((await Session).User, Policies.Admin)).Succeeded)
        {
            navigation.NavigateTo("/settings/providers", replace: true);
            await AddAsync();
            StateHasChanged();
        }
    }

    /// <summary>What a provider's key is recognised by, behind its type: ", key …1234". Nothing without a key.</summary>
    private static string Key(ProviderView provider) =>
        provider.Secrets.Values.FirstOrDefault() is { } hint ? $", {hint.ClientEmail ?? $"key …{hint.Last4}"}" : "";

    private bool Testing(ProviderView provider) => underTest.Contains(provider.Id);

    private void Probed() => _ = InvokeAsync(async () =>
    {
        if (!left.IsCancellationRequested)
        {
            await ReadAsync();
            StateHasChanged();
        }
    });

    private Task ReadAsync() => providers.ReadAsync(async () => await store.ListAsync(left.Token));

    private async Task<string> ActorAsync() => (await Session).User.Identity?.Name ?? "unknown";

    private Task AddAsync() => OpenAsync("Add provider", null);

    private Task EditAsync(ProviderView provider) => OpenAsync($"Edit {provider.Name}", provider);

    private async Task OpenAsync(string title, ProviderView? provider)
    {
        Forget();
        await dialogs.OpenAsync<ProviderDialog>(
            title,
            new Dictionary<string, object?> { [nameof(ProviderDialog.Provider)] = provider, [nameof(ProviderDialog.Actor)] = await ActorAsync() },
            new DialogOptions { Width = "680px", CloseDialogOnOverlayClick = false, AutoFocusFirstElement = true });
        if (provider is not null)
        {
            results.Remove(provider.Id);
        }

        await ReadAsync();
    }

    private async Task TestAsync(ProviderView provider)
    {
        Forget();
        results.Remove(provider.Id);
        underTest.Add(provider.Id);
        try
        {
            var tested = await testing.RunAsync(provider.Id, null, left.Token);
            if (tested.IsOk)
            {
                results[provider.Id] = tested.Value;
            }

            untested = tested.Refusal?.Message;
            await ReadAsync();
        }
        catch (OperationCanceledException)
        {
            // the page was left
        }
        catch (Exception broken) when (DatabaseFault.Is(broken))
        {
            untested = $"The test could not be run: {broken.Message}";
        }
        finally
        {
            underTest.Remove(provider.Id);
        }
    }

    private async Task SwitchAsync(ProviderView provider)
    {
        Forget();
        await saving.TryAsync(async () =>
        {
            if (provider.Enabled && await dialogs.ConfirmAsync(ProviderWords.Ending(provider, await store.UsesAsync(provider.Name, left.Token), deleting: false)) is null)
            {
                return null;
            }

            var changed = await store.UpdateAsync(provider.Id, new JsonObject { ["enabled"] = !provider.Enabled }, await ActorAsync(), CancellationToken.None);
            results.Remove(provider.Id);
            return changed.Refusal?.Message;
        });
        await ReadAsync();
    }

    private async Task DeleteAsync(ProviderView provider)
    {
        Forget();
        await saving.TryAsync(async () => await dialogs.ConfirmAsync(ProviderWords.Ending(provider, await store.UsesAsync(provider.Name, left.Token), deleting: true)) is null
            ? null
            : (await store.DeleteAsync(provider.Id, await ActorAsync(), CancellationToken.None)).Refusal?.Message);
        await ReadAsync();
    }

    private void Forget()
    {
        untested = null;
        saving.Forget();
    }
}
