using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.Migrations;
using Gateflow.Core.Replay;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Replay;

/// <summary>A test that can be run: what is sent, and to whom.</summary>
/// <param name="Shims">Whether requests are fitted to the target's family, as the migration will.</param>
internal sealed record ReplayPlan(ReplayTest Test, IReadOnlyList<ReplayCandidate> Samples, ModelRoute Source, ModelRoute Target, bool Shims)
{
    public string Id => Test.Id;

    /// <summary>Gives embeddings; null for lexical similarity.</summary>
    public ModelRoute? Embedding { get; init; }

    /// <summary>Judges the pairs; null without a judge.</summary>
    public ModelRoute? Judge { get; init; }

    /// <summary>The source's answers are those that were stored.</summary>
    public bool IsRecorded => Test.Setup.Compare == ReplayCompare.Recorded;

    /// <summary>A model that is paid and has no known price; null when all have one.</summary>
    public string? Unpriced { get; init; }

    /// <summary>How often a pair asks the source.</summary>
    public int SourceCalls => (IsRecorded ? 0 : 1) + (Test.Setup.NoiseFloor ? 1 : 0);
}

/// <summary>Checks a request for a test against what is served and stored, and chooses the sample.</summary>
internal sealed class ReplayPlanner(
    IDbContextFactory<GateflowDb> databases, ModelDirectory models, ReplayCrew crew, IValidator<ReplayRequest> rules, NodeName node, ReplayOptions options, TimeProvider clock)
{
    public async Task<Result<ReplayPlan>> PlanAsync(string migrationId, ReplayRequest request, string actor, CancellationToken cancellationToken)
    {
        var faults = rules.Validate(request).Errors.ConvertAll(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage));
        if (faults.Count > 0)
        {
            return new Refusal(RefusalKind.Invalid, "invalid_parameter", string.Join(' ', faults.Select(f => f.Message))) { Param = faults[0].Param, Faults = faults };
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var migration = await db.Migrations.AsNoTracking().Where(m => m.Id == migrationId)
            .Select(m => new { m.SourceModel, m.TargetModel, m.Config }).FirstOrDefaultAsync(cancellationToken);
        if (migration is null)
        {
            return Refusal.NotFound("migration", migrationId);
        }

        var target = string.IsNullOrEmpty(request.TargetModel) ? migration.TargetModel : request.TargetModel;
        if (string.IsNullOrEmpty(target))
        {
            return Refusal.Invalid("target_model", "target_model is required: the migration has no target yet.");
        }

        if (target == migration.SourceModel)
        {
            return Refusal.Invalid("target_model", "target_model must be another model than source_model.");
        }

        var setup = request.Setup(options);
        if (crew.Fault(migration.SourceModel, target, setup) is { } fault)
        {
            return fault;
        }

        var (sourceRoute, targetRoute) = (models.Routes[migration.SourceModel], models.Routes[target]);
        var unpriced = crew.Unpriced(sourceRoute, targetRoute, setup);
        if (request.MaxCost is not null && unpriced is { } free)
        {
            return Refusal.Invalid("max_cost", $"max_cost cannot be kept: the price of '{free}' is unknown. Leave max_cost out, or test fewer requests.");
        }

        if (setup.DatasetId is { } dataset && !await db.Datasets.AnyAsync(d => d.Id == dataset, cancellationToken))
        {
            return Refusal.Invalid("dataset_id", $"There is no dataset '{dataset}'.");
        }

        var samples = setup.DatasetId is { } set ? await ItemsAsync(db, set, request.TestRequests, cancellationToken) : await ChooseAsync(db, migration.SourceModel, migration.Config.Scope.Features, request.TestRequests, setup, cancellationToken);
        if (samples.Count == 0 && setup.DatasetId is not null)
        {
            return new Refusal(RefusalKind.Invalid, "no_samples", "The dataset has no items yet. Add some, then test again.") { Param = "dataset_id" };
        }

        if (samples.Count == 0)
        {
            return new Refusal(RefusalKind.Invalid, "no_samples",
                setup.Compare == ReplayCompare.Recorded
                    ? $"No answer of '{migration.SourceModel}' is stored: answers are kept of requests that are not streamed. Use compare 'both'."
                    : $"No request to '{migration.SourceModel}' is stored yet{(migration.Config.Scope.Features.Count > 0 ? " for the features of this migration" : "")}. "
                + "Send traffic through the gateway with Gateflow:Samples:Enabled, then test again.") { Param = "source" };
        }

        var now = clock.GetUtcNow();
        return new ReplayPlan(
            new ReplayTest
            {
                Id = Ids.New("test", now),
                MigrationId = migrationId,
                SourceModel = migration.SourceModel,
                TargetModel = target,
                Requested = request.TestRequests,
                Planned = samples.Count,
                CreatedAt = now,
                CreatedBy = actor,
                MaxCost = request.MaxCost,
                Setup = setup,
                Node = node.Value,
            },
            samples, sourceRoute, targetRoute, migration.Config.Shims)
        {
            Unpriced = unpriced,
            Embedding = setup.EmbeddingModel is { } embedding ? models.Routes[embedding] : null,
            Judge = setup.JudgeModel is { } judge ? models.Routes[judge] : null,
        };
    }

    private static async Task<IReadOnlyList<ReplayCandidate>> ItemsAsync(GateflowDb db, string dataset, int count, CancellationToken cancellationToken) =>
        await db.DatasetItems.AsNoTracking().Where(i => i.DatasetId == dataset).OrderBy(i => i.Position).Take(count)
            .Select(i => new ReplayCandidate(i.Id, i.At, i.Feature, i.Capabilities, i.InputTokens, i.OutputTokens, i.Hash, i.Hash)).ToListAsync(cancellationToken);

    private async Task<IReadOnlyList<ReplayCandidate>> ChooseAsync(
        GateflowDb db, string model, IReadOnlyList<string> features, int count, ReplaySetup setup, CancellationToken cancellationToken)
    {
        var stored = db.Samples.AsNoTracking().Where(s => s.Model == model);
        if (features.Count > 0)
        {
            stored = stored.Where(s => s.Feature != null && features.Contains(s.Feature));
        }

        if (setup.Compare == ReplayCompare.Recorded)
        {
            stored = stored.Where(s => s.Response != null && s.ServedModel == model);
        }

        var candidates = await stored.OrderByDescending(s => s.At).Take(options.Candidates)
            .Select(s => new ReplayCandidate(s.Id, s.At, s.Feature, s.Capabilities, s.InputTokens, s.OutputTokens, s.BodyHash, s.QuestionHash))
            .ToListAsync(cancellationToken);
        return ReplaySampling.Choose(
            candidates.Where(c => (c.Capabilities & (Capabilities.Embeddings | Capabilities.Completions)) == 0), count, options.Seed);
    }
}
