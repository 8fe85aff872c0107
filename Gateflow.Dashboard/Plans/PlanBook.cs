using System.Text.Json;
using System.Text.Json.Nodes;
using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Migrations;
using Gateflow.Core.Plans;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Plans;

/// <summary>Makes, changes and deletes plans. Deleting one touches no migration.</summary>
public sealed partial class PlanBook(
    IDbContextFactory<GateflowDb> databases, PlanReader reader, ModelDirectory models, IValidator<PlanFields> rules, TimeProvider clock, ILogger<PlanBook> logger)
{
    private const int Attempts = 5;

    public async Task<Result<PlanView>> CreateAsync(JsonObject request, string actor, CancellationToken cancellationToken)
    {
        var fields = FieldPatch.Apply(new PlanFields(), request, rules);
        if (!fields.IsOk)
        {
            return fields.Refusal;
        }

        var model = fields.Value.Model!.Trim();
        if (!models.Routes.ContainsKey(model))
        {
            return Refusal.Invalid("model", $"'{model}' is not a known model: no configured provider lists it and the catalog does not have it.");
        }

        var now = clock.GetUtcNow();
        var plan = new Plan { Id = Ids.New("plan", now), Model = model, CreatedAt = now, CreatedBy = actor };
        Fill(plan, fields.Value);
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        db.Add(plan);
        try
        {
            if (await ExistingAsync(db, model, cancellationToken) is { } other)
            {
                return Exists(model, other);
            }

            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // somebody else made it at this very moment, else the fault is told
            await using var again = await databases.CreateDbContextAsync(cancellationToken);
            if (await ExistingAsync(again, model, cancellationToken) is { } other)
            {
                return Exists(model, other);
            }

            throw;
        }

        LogChanged("made", plan.Id, actor);
        return (await reader.FindAsync(plan.Id, cancellationToken))!;
    }

    /// <summary>Changes the fields that the request names; a null clears one.</summary>
    /// <param name="id">The plan.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="actor">Who wants it.</param>
    /// <param name="seen">The fields that they looked at: refused where one that is wanted was changed since; null for whatever they were.</param>
    public async Task<Result<PlanView>> UpdateAsync(string id, JsonObject request, string actor, CancellationToken cancellationToken, JsonObject? seen = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (await db.Plans.FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } plan)
            {
                return NotFound(id);
            }

            var known = PlanFields.Of(plan);
            if (FormEdit.ChangedSince(request, seen, (JsonObject)JsonSerializer.SerializeToNode(known, JsonColumn.Options)!, plan.UpdatedAt) is { } changed)
            {
                return changed;
            }

            var fields = FieldPatch.Apply(known, request, rules);
            if (!fields.IsOk)
            {
                return fields.Refusal;
            }

            if (fields.Value.Model != plan.Model)
            {
                return Refusal.Invalid("model", "A plan keeps its model; make another plan for another model.");
            }

            Fill(plan, fields.Value);
            plan.UpdatedAt = clock.GetUtcNow();
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                LogChanged("changed", id, actor);
                return await reader.FindAsync(id, cancellationToken) is { } view ? view : NotFound(id);
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                // somebody else changed it: looked at again
            }
        }
    }

    /// <summary>Deletes a plan; its migrations stay as they are.</summary>
    public async Task<Result<PlanView>> DeleteAsync(string id, string actor, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var view = await reader.FindAsync(id, cancellationToken);
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (view is null || await db.Plans.FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } plan)
            {
                return NotFound(id);
            }

            db.Remove(plan);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                LogChanged("deleted", id, actor);
                return view;
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                // changed meanwhile: looked at again
            }
        }
    }

    private static void Fill(Plan plan, PlanFields fields) =>
        (plan.Name, plan.Deadline, plan.Owner, plan.Note) = (Trimmed(fields.Name), fields.Deadline, Trimmed(fields.Owner), Trimmed(fields.Note));

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static Task<string?> ExistingAsync(GateflowDb db, string model, CancellationToken cancellationToken) =>
        db.Plans.AsNoTracking().Where(p => p.Model == model).Select(p => p.Id).FirstOrDefaultAsync(cancellationToken);

    private static Refusal Exists(string model, string id) =>
        new(RefusalKind.Conflict, "plan_exists", $"'{model}' has a plan already, {id}; change it with PATCH /v1/management/plans/{id}.") { Param = "model" };

    private static Refusal NotFound(string id) => Refusal.NotFound("plan", id);

    [LoggerMessage(LogLevel.Information, "The plan {Id} was {Change} by {Actor}")]
    private partial void LogChanged(string change, string id, string actor);
}
