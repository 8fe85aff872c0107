using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Access;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Management;

/// <summary>
/// A mutation that carries an Idempotency-Key is carried out once: the same key with the same body gets the first answer again for a
/// day, with another body it is refused. Server errors are not kept, so that a repeat can succeed.
/// </summary>
internal sealed class Idempotency(
    IDbContextFactory<GateflowDb> databases, [FromKeyedServices(Idempotency.Purpose)] ISecretProtector protector, TimeProvider clock) : IEndpointFilter
{
    /// <summary>Answers are kept encrypted: some hold a secret that is shown once.</summary>
    public const string Purpose = "idempotency";

    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length == 0 || HttpMethods.IsGet(http.Request.Method))
        {
            return await next(context);
        }

        if (key.Length > 200)
        {
            return ApiErrors.Error(422, "invalid_request_error", "invalid_parameter", "Idempotency-Key may have at most 200 characters.", "Idempotency-Key");
        }

        var id = $"{http.User.FindFirstValue(ClaimTypes.NameIdentifier)} {http.Request.Method} {http.Request.Path} {key}";
        if (id.Length > 400)
        {
            id = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
        }

        var entry = new IdempotencyEntry
        {
            Id = id, BodyHash = SHA256.HashData(Encoding.UTF8.GetBytes(context.Arguments.OfType<Body>().FirstOrDefault()?.Value.ToJsonString() ?? "")), At = clock.GetUtcNow(),
        };
        await using var db = await databases.CreateDbContextAsync(http.RequestAborted);
        try
        {
            if (await ClaimAsync(db, entry, IsRollback(http.Request), http.RequestAborted) is { } answer)
            {
                return answer;
            }
        }
        catch (Exception fault) when (IsRollback(http.Request) && DatabaseFault.Is(fault))
        {
            return await next(context); // it is in force without the database, and twice is once
        }

        return await RunAsync(context, next, db, entry);
    }

    private static bool IsRollback(HttpRequest request) => request.Path.Value?.EndsWith("/rollback", StringComparison.Ordinal) == true;

    /// <summary>
    /// Takes the key for this request, or gives what a request has to hear that came with it before. A rollback takes it also from one that has not ended: what
    /// died under way, or could not store its answer, must not stop the brake.
    /// </summary>
    private async Task<IResult?> ClaimAsync(GateflowDb db, IdempotencyEntry entry, bool isRollback, CancellationToken cancellationToken)
    {
        var old = entry.At - Kept;
        await db.Idempotency.Where(e => e.At < old).ExecuteDeleteAsync(cancellationToken);
        if (await db.Idempotency.AsNoTracking().FirstOrDefaultAsync(e => e.Id == entry.Id, cancellationToken) is { } known)
        {
            if (isRollback && known.Status == 0)
            {
                db.Attach(entry);
                return null;
            }

            return !entry.BodyHash.AsSpan().SequenceEqual(known.BodyHash)
                ? ApiErrors.Error(422, "invalid_request_error", "idempotency_key_reused", "This Idempotency-Key was used with another body.", "Idempotency-Key")
                : known.Status == 0
                    ? ApiErrors.Error(409, "conflict_error", "idempotency_in_progress", "The first request with this Idempotency-Key is still being carried out.")
                    : Results.Content(Encoding.UTF8.GetString(protector.Unprotect(Convert.FromBase64String(known.Body!))), "application/json", Encoding.UTF8, known.Status);
        }

        db.Add(entry);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException)
        {
            if (!await db.Idempotency.AnyAsync(e => e.Id == entry.Id, cancellationToken))
            {
                throw;
            }

            return ApiErrors.Error(409, "conflict_error", "idempotency_in_progress", "The first request with this Idempotency-Key is still being carried out.");
        }
    }

    private async Task<object?> RunAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, GateflowDb db, IdempotencyEntry entry)
    {
        var http = context.HttpContext;
        var kept = false;
        try
        {
            var result = await next(context);
            if (result is not IResult answer)
            {
                return result;
            }

            var original = http.Response.Body;
            using var memory = new MemoryStream();
            http.Response.Body = memory;
            await answer.ExecuteAsync(http);
            http.Response.Body = original;
            if (http.Response.StatusCode < 500)
            {
                (entry.Status, entry.Body) = (http.Response.StatusCode, Convert.ToBase64String(protector.Protect(memory.ToArray())));
                kept = await TryAsync(() => db.SaveChangesAsync(CancellationToken.None));
            }

            await original.WriteAsync(memory.ToArray(), http.RequestAborted);
            return Results.Empty;
        }
        finally
        {
            if (!kept)
            {
                await TryAsync(() => db.Idempotency.Where(e => e.Id == entry.Id).ExecuteDeleteAsync(CancellationToken.None));
            }
        }
    }

    /// <summary>False when the database is away: what was answered stands all the same.</summary>
    private static async Task<bool> TryAsync(Func<Task> store)
    {
        try
        {
            await store();
            return true;
        }
        catch (Exception fault) when (DatabaseFault.Is(fault))
        {
            return false;
        }
    }
}
