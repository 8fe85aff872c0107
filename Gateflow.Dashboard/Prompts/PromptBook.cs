using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core.Access;
using Gateflow.Core.Migrations;
using Gateflow.Core.Prompts;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Prompts;

/// <summary>Makes, lists and deletes prompts and their versions. A version is never changed: what is edited becomes the next one.</summary>
public sealed partial class PromptBook(IDbContextFactory<GateflowDb> databases, PromptTexts texts, TimeProvider clock, ILogger<PromptBook> logger)
{
    private const int Attempts = 5;
    private const int MostVersions = 1000;

    /// <summary>Migrations that are looked through for the prompts that they name, the newest.</summary>
    private const int MigrationsSearched = 500;

    /// <summary>Newest first. The cursor is the id of the last prompt of the page before.</summary>
    public async Task<ListPage<PromptView>> ListAsync(int limit, string? cursor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await db.Prompts.AsNoTracking().Where(p => cursor == null || p.Id.CompareTo(cursor) < 0)
            .OrderByDescending(p => p.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<PromptView>([.. found.Take(limit).Select(PromptView.Of)], found.Count > limit ? found[limit - 1].Id : null);
    }

    /// <summary>By id or name; null when there is none.</summary>
    public async Task<PromptView?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Prompts.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id || p.Name == id, cancellationToken) is { } prompt ? PromptView.Of(prompt) : null;
    }

    /// <summary>The newest first, with their texts; null when there is no such prompt. The cursor is the number of the last version of the page before.</summary>
    public async Task<ListPage<PromptVersionView>?> VersionsAsync(string id, int limit, int? cursor, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Prompts.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } prompt)
        {
            return null;
        }

        var found = await db.PromptVersions.AsNoTracking().Where(v => v.PromptId == id && (cursor == null || v.Number < cursor))
            .OrderByDescending(v => v.Number).Take(limit + 1).ToListAsync(cancellationToken);
        return new ListPage<PromptVersionView>(
            [.. found.Take(limit).Select(v => texts.View(prompt, v))], found.Count > limit ? found[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null);
    }

    /// <summary>One version; null when there is none.</summary>
    public async Task<PromptVersionView?> VersionAsync(string id, int number, CancellationToken cancellationToken) =>
        (await VersionsAsync(id, 1, number + 1, cancellationToken))?.Data.FirstOrDefault(v => v.Version == number);

    /// <summary>Migrations that name a version of the prompt, the newest first.</summary>
    public async Task<IReadOnlyList<PromptUse>> UsesAsync(string name, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var migrations = await db.Migrations.AsNoTracking().OrderByDescending(m => m.Id).Take(MigrationsSearched)
            .Select(m => new { m.Id, m.SourceModel, m.TargetModel, m.Config }).ToListAsync(cancellationToken);
        return [.. migrations.Where(m => m.Config.PromptVersion?.StartsWith(name + "@", StringComparison.Ordinal) == true)
            .Select(m => new PromptUse(m.Id, m.Config.PromptVersion!, m.SourceModel, m.TargetModel))];
    }

    public async Task<Result<PromptView>> CreateAsync(JsonObject request, string actor, CancellationToken cancellationToken)
    {
        var fields = FieldPatch.Apply(new PromptFields(), request, new PromptFieldsValidator());
        if (!fields.IsOk)
        {
            return fields.Refusal;
        }

        var now = clock.GetUtcNow();
        var name = fields.Value.Name!;
        var prompt = new Prompt
        {
            Id = Ids.New("prompt", now), Name = name, Description = Trimmed(fields.Value.Description), Latest = 1, CreatedAt = now, CreatedBy = actor,
        };
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        if (await db.Prompts.AnyAsync(p => p.Name == name, cancellationToken))
        {
            return Exists(name);
        }

        db.Add(prompt);
        db.Add(Version(prompt, 1, fields.Value, actor, now));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            await using var again = await databases.CreateDbContextAsync(cancellationToken);
            if (await again.Prompts.AnyAsync(p => p.Name == name, cancellationToken))
            {
                return Exists(name); // somebody else made it at this very moment
            }

            throw;
        }

        LogChanged(prompt.Id, "made", actor);
        return PromptView.Of(prompt);
    }

    /// <summary>Changes the description.</summary>
    public Task<Result<PromptView>> UpdateAsync(string id, JsonObject request, string actor, CancellationToken cancellationToken) => ChangeAsync(id, "described", actor, (_, prompt) =>
    {
        var fields = FieldPatch.Apply(new PromptPatch { Description = prompt.Description }, request, new PromptPatchValidator());
        if (!fields.IsOk)
        {
            return fields.Refusal;
        }

        prompt.Description = Trimmed(fields.Value.Description);
        return null;
    }, cancellationToken);

    /// <summary>Adds the next version.</summary>
    public async Task<Result<PromptVersionView>> AddAsync(string id, JsonObject request, string actor, CancellationToken cancellationToken)
    {
        var fields = FieldPatch.Apply(new VersionFields(), request, new VersionFieldsValidator<VersionFields>());
        if (!fields.IsOk)
        {
            return fields.Refusal;
        }

        var changed = await ChangeAsync(id, "given a version", actor, (db, prompt) =>
        {
            if (prompt.Latest >= MostVersions)
            {
                return new Refusal(RefusalKind.Conflict, "too_many_versions", $"The prompt has {MostVersions} versions already; make another prompt.");
            }

            prompt.Latest++;
            db.Add(Version(prompt, prompt.Latest, fields.Value, actor, clock.GetUtcNow()));
            return null;
        }, cancellationToken);
        return changed.IsOk ? (await VersionAsync(id, changed.Value.LatestVersion, cancellationToken))! : changed.Refusal;
    }

    /// <summary>Deletes a prompt with all its versions; migrations that named one keep the name.</summary>
    public Task<Result<PromptView>> DeleteAsync(string id, string actor, CancellationToken cancellationToken) => ChangeAsync(id, "deleted", actor, (db, prompt) =>
    {
        db.Remove(prompt);
        return null;
    }, cancellationToken);

    /// <summary>Why a migration cannot name this; null when it can: "name@version" of a version that there is.</summary>
    public async Task<string?> ReferenceFaultAsync(string reference, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reference);
        var at = reference.LastIndexOf('@');
        if (at > 0 && int.TryParse(reference.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            var name = reference[..at];
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (await db.Prompts.AnyAsync(p => p.Name == name && number >= 1 && p.Latest >= number, cancellationToken))
            {
                return null;
            }
        }

        return "prompt_version must name a version of a prompt, e.g. support-reply@3; GET /v1/management/prompts lists them.";
    }

    private async Task<Result<PromptView>> ChangeAsync(string id, string verb, string actor, Func<GateflowDb, Prompt, Refusal?> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (await db.Prompts.FirstOrDefaultAsync(p => p.Id == id, cancellationToken) is not { } prompt)
            {
                return Refusal.NotFound("prompt", id);
            }

            if (change(db, prompt) is { } refusal)
            {
                return refusal;
            }

            try
            {
                await db.SaveChangesAsync(cancellationToken);
                LogChanged(id, verb, actor);
                return PromptView.Of(prompt);
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                // somebody else changed it, or added the same number: looked at again
            }
        }
    }

    private PromptVersion Version(Prompt prompt, int number, VersionFields fields, string actor, DateTimeOffset now) => new()
    {
        PromptId = prompt.Id,
        Number = number,
        Content = texts.Close(new PromptContent(fields.Text!, fields.Variants ?? [])),
        Note = Trimmed(fields.Note),
        CreatedAt = now,
        CreatedBy = actor,
    };

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static Refusal Exists(string name) => new(RefusalKind.Conflict, "prompt_exists", $"There is a prompt '{name}' already; add a version to it.") { Param = "name" };

    [LoggerMessage(LogLevel.Information, "The prompt {Id} was {Change} by {Actor}")]
    private partial void LogChanged(string id, string change, string actor);
}
