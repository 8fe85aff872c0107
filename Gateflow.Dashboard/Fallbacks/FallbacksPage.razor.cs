using System.Text.Json.Nodes;
using Gateflow.Core;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Radzen;

namespace Gateflow.Dashboard.Fallbacks;

/// <summary>Every chain with its problems, the dry run, and the switch behind all chains.</summary>
public sealed partial class FallbacksPage(
    ChainBook book, FallbackSwitch all, ModelDirectory models, DialogService dialogs, NavigationManager navigation, TimeProvider clock)
{
    private const int PageSize = 100;
    private readonly Loaded<Found> chains = new("The chains");
    private readonly Saving saving = new();
    private int limit = PageSize;

    [CascadingParameter]
    private Task<AuthenticationState> Session { get; set; } = default!;

    /// <summary>The model whose failure is played through.</summary>
    [SupplyParameterFromQuery]
    private string? Try { get; set; }

    /// <summary>How it fails, in the contract's words; anything else is an error of the provider.</summary>
    [SupplyParameterFromQuery]
    private string? Failure { get; set; }

    private FallbackReason Failing => Wire.TryParse<FallbackReason>(Failure, out var reason) ? reason : FallbackReason.ProviderError;

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    private List<ChainView> Automatic => [.. (chains.Value?.Chains ?? []).Where(c => c is { AutoActivateOnDeprecation: true, Enabled: true })];

    protected override Task OnInitializedAsync() => ReadAsync();

    private static string TryHref(string model, FallbackReason reason) =>
        $"/fallbacks?try={Uri.EscapeDataString(model)}" + (reason == FallbackReason.ProviderError ? "" : $"&failure={Wire.Name(reason)}");

    private static string Acts(ChainView chain) => chain.Triggers.Count == FallbackReasons.Triggers.Count
        ? "every failure"
        : string.Join(", ", chain.Triggers.Select(t => Wire.Name(t).Replace('_', ' ')));

    private string Due(ChainView chain, bool on)
    {
        var facts = models.Routes.GetValueOrDefault(chain.Primary)?.Facts;
        return facts switch
        {
            { RetiresOn: { } day, RetiresOnIsEarliest: true } => $"has only an earliest date, {Display.Date(day)}: it does not count",
            { RetiresOn: { } day } when day > Today => $"{(on ? "moves" : "would move")} to {Answers(chain)} on {Display.Date(day)}",
            { RetiresOn: not null } => $"{(on ? "goes" : "would go")} to {Answers(chain)}: its date is past",
            _ => "has no date",
        };
    }

    private string Answers(ChainView chain) => chain.Fallbacks.FirstOrDefault(f => models.IsServed(f.Model))?.Model ?? "nobody, for none of its models is served";

    private Task ReadAsync() => chains.ReadAsync(async () =>
    {
        var page = await book.ListAsync(limit, null, null, CancellationToken.None);
        var settings = await all.ReadAsync(CancellationToken.None);
        return new Found(page.Data, page.NextCursor is not null, settings[AutoFallback.SettingName]!.GetValue<bool>());
    });

    private async Task<string> ActorAsync() => (await Session).User.Identity?.Name ?? "unknown";

    private Task MoreAsync()
    {
        limit += PageSize;
        return ReadAsync();
    }

    private void Ask(DryRun asked)
    {
        if (asked.Model is { Length: > 0 } model)
        {
            navigation.NavigateTo(TryHref(model, Wire.TryParse<FallbackReason>(asked.Reason, out var reason) ? reason : FallbackReason.ProviderError), replace: true);
        }
    }

    private async Task EnableAsync(ChainView chain)
    {
        await saving.TryAsync(async () => (await book.UpdateAsync(chain.Id, new JsonObject { ["enabled"] = !chain.Enabled }, await ActorAsync(), CancellationToken.None)).Refusal?.Message);
        await ReadAsync();
    }

    private async Task DeleteAsync(ChainView chain)
    {
        saving.Forget();
        if (await dialogs.ConfirmAsync(ChainWords.Deleting(chain)) is not null)
        {
            await saving.TryAsync(async () => (await book.DeleteAsync(chain.Id, await ActorAsync(), CancellationToken.None)).Refusal?.Message, confirmed: true);
            await ReadAsync();
        }
    }

    private async Task SwitchAsync()
    {
        saving.Forget();
        var on = chains.Value is { AutoFallback: false };
        var dated = Automatic.Select(c => (Chain: c, models.Routes.GetValueOrDefault(c.Primary)?.Facts)).ToList();
        var moved = dated.Where(x => AutoFallback.IsPast(x.Facts, Today) && x.Chain.Fallbacks.Any(f => models.IsServed(f.Model))).Select(x => (x.Chain.Primary, Answers(x.Chain))).ToList();
        var next = dated.Where(x => ChainWords.IsAhead(x.Facts, Today)).OrderBy(x => x.Facts!.RetiresOn)
            .Select(x => ((string, DateOnly)?)(x.Chain.Primary, x.Facts!.RetiresOn!.Value)).FirstOrDefault();
        var request = ChainWords.Switching(on, moved, next);
        if (request is not null && await dialogs.ConfirmAsync(request) is null)
        {
            return;
        }

        await saving.TryAsync(async () => (await all.SetAsync(new JsonObject { [AutoFallback.SettingName] = on }, await ActorAsync(), CancellationToken.None)).Refusal?.Message, confirmed: request is not null);
        await ReadAsync();
    }

    private sealed record Found(IReadOnlyList<ChainView> Chains, bool HasMore, bool AutoFallback);
}
