using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Migrations;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.RollbackHistory;

/// <summary>What people write down afterwards: what was found, what will be done.</summary>
public sealed class RollbackNotes(IDbContextFactory<GateflowDb> databases, MigrationReader migrations, TimeProvider clock)
{
    /// <summary>Most characters of a note.</summary>
    public const int MostCharacters = 4_000;

    private const int Attempts = 5;

    /// <summary>Sets the note of a migration's last rollback; an empty text takes it away.</summary>
    /// <param name="migrationId">The migration.</param>
    /// <param name="note">What is to stand there.</param>
    /// <param name="actor">Who writes it.</param>
    /// <param name="seen">The rollback that they looked at: refused where its note was changed since; null for whatever it was.</param>
    public async Task<Result<RollbackView>> WriteAsync(string migrationId, string? note, string actor, CancellationToken cancellationToken, RollbackView? seen = null)
    {
        note = note?.Trim() is { Length: > 0 } text ? text : null;
        if (note?.Length > MostCharacters)
        {
            return Refusal.Invalid("note", $"A note may have at most {MostCharacters} characters; this one has {note.Length}.");
        }

        for (var attempt = 1; ; attempt++)
        {
            await using var db = await databases.CreateDbContextAsync(cancellationToken);
            if (await db.Rollbacks.Where(r => r.MigrationId == migrationId).OrderByDescending(r => r.Id).FirstOrDefaultAsync(cancellationToken) is not { } rollback)
            {
                return new Refusal(RefusalKind.NotFound, "rollback_not_found", $"'{migrationId}' was not rolled back, or does not exist.");
            }

            if (seen is not null && rollback.Note != seen.Note && rollback.Note != note)
            {
                return FormEdit.Refuse("the note", rollback.NoteBy, rollback.NoteAt);
            }

            rollback.Note = note;
            rollback.NoteBy = note is null ? null : actor;
            rollback.NoteAt = note is null ? null : clock.GetUtcNow();
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return (await migrations.RollbacksAsync(1, null, migrationId, cancellationToken)).Data[0];
            }
            catch (DbUpdateConcurrencyException) when (attempt < Attempts)
            {
                // somebody else wrote it: looked at again
            }
        }
    }
}

/// <summary>The route of the note; the history itself is <c>GET /rollbacks</c>.</summary>
public static class RollbackNoteEndpoint
{
    public static void MapRollbackNotes(this IEndpointRouteBuilder api) =>
        api.MapPatch("/rollbacks/{migrationId}", async (string migrationId, Body body, HttpContext http, RollbackNotes notes) =>
        {
            var request = body.Read<NoteRequest>();
            if (!request.IsOk)
            {
                return request.Refusal.ToResult();
            }

            if (!body.Value.ContainsKey("note"))
            {
                return Refusal.Invalid("note", "note is required: a text; an empty one or null takes it away.").ToResult();
            }

            var written = await notes.WriteAsync(migrationId, request.Value.Note, MigrationEndpoints.Actor(http), http.RequestAborted);
            return written.IsOk ? MigrationEndpoints.Json(written.Value) : written.Refusal.ToResult();
        }).RequireAuthorization(Policies.Operator).Takes<NoteRequest>().Produces<RollbackView>();

    private sealed record NoteRequest
    {
        public string? Note { get; init; }
    }
}
