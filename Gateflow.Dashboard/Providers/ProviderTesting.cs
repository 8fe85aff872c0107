using System.Text.Json.Nodes;
using FluentValidation;
using Gateflow.Core.Migrations;
using Gateflow.Core.Outbound;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Gateway.Probes;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Providers;

/// <summary>
/// Tests a provider by one real call, stored or not yet: for the list of its models, or for a few tokens of a model where one is named or there is no
/// such list.
/// </summary>
public sealed class ProviderTesting(
    IDbContextFactory<GateflowDb> databases, StoredProviders stored, ModelDirectory models, AddressGuard guard, ProviderProbe probe, ProviderHealths healths,
    IValidator<ProviderDraft> rules)
{
    /// <summary>Somebody waits before a screen.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Tests a provider as it is, also one that is disabled.</summary>
    public async Task<Result<TestView>> RunAsync(string id, string? model, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } known)
        {
            return Refusal.NotFound("provider", id);
        }

        if (known.Provider is not { } served)
        {
            return new Refusal(RefusalKind.Conflict, "secrets_unreadable", "The provider's secrets cannot be decrypted; enter them again.");
        }

        var result = await RunAsync(served, model, cancellationToken);
        if (models.Providers.FirstOrDefault(p => p.Name == served.Provider.Name) is { } inForce && (result.IsOk || result.Model is null))
        {
            healths.Note(inForce, result);
        }

        return TestView.Of(result);
    }

    /// <summary>Tests what the request would make, without storing anything.</summary>
    /// <param name="request">The fields of a new provider, or those to change of a stored one.</param>
    /// <param name="id">The stored provider; null for a new one.</param>
    /// <param name="model">The model to ask; null for the list.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<Result<TestView>> RunDraftAsync(JsonObject request, string? id, string? model, CancellationToken cancellationToken)
    {
        var before = new ProviderDraft();
        if (id is not null)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (await db.Providers.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } row)
            {
                return Refusal.NotFound("provider", id);
            }

            stored.TryOpen(row, out var secrets);
            before = ProviderDraft.Of(row, secrets);
        }

        var (draft, faults) = ProviderPatch.Apply(before, request, rules);
        if (faults is [var first, ..])
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", first.Message) { Param = first.Param, Faults = faults };
        }

        var served = StoredProviders.Create(draft.Name!, draft.Kind!.Type, draft.Config(), draft.Secrets());
        return await guard.RefusalAsync(served.Provider.BaseUrl, cancellationToken) is { } reason
            ? Refusal.Invalid("base_url", reason)
            : TestView.Of(await RunAsync(served, model, cancellationToken));
    }

    private async Task<ProbeResult> RunAsync(ServedProvider served, string? model, CancellationToken cancellationToken)
    {
        var provider = served.Provider;
        var limit = provider.Timeout < Longest ? provider.Timeout : Longest;
        var first = model ?? served.Models.Concat(provider.Deployments.Keys).FirstOrDefault();
        if (model is not null || !ProviderKind.Of(provider.Type).ListsModels)
        {
            first ??= models.Served.FirstOrDefault(s => s.Provider == provider.Name)?.Model;
            return await probe.RunAsync(provider, first, limit, cancellationToken);
        }

        var listed = await probe.RunAsync(provider, null, limit, cancellationToken);
        return listed.Fault is ProbeFault.NotFound or ProbeFault.Unexpected && provider.Type == ProviderType.OpenAICompatible && first is not null
            ? await probe.RunAsync(provider, first, limit, cancellationToken) // some servers have no list
            : listed;
    }

    /// <summary>Null when there is none; without a provider when its secrets are lost.</summary>
    private async Task<Known?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (models.Configured.FirstOrDefault(p => ProviderView.IdOf(p.Provider) == id) is { } configured)
        {
            return new Known(configured);
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Providers.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } row ? null
            : stored.TryOpen(row, out var secrets) ? new Known(StoredProviders.Create(row.Name, row.Type, row.Config, secrets))
            : new Known(null);
    }

    private sealed record Known(ServedProvider? Provider);
}
