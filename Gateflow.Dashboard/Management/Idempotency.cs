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

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(context.Arguments.OfType<Body>().FirstOrDefault()?.Value.ToJsonString() ?? ""));
        await using var db = await databases.CreateDbContextAsync(http.RequestAborted);
        var now = clock.GetUtcNow();
        await db.Idempotency.Where(e => e.At < now - Kept).ExecuteDeleteAsync(http.RequestAborted);
        if (await db.Idempotency.AsNoTracking().FirstOrDefaultAsync(e => e.Id == id, http.RequestAborted) is { } known)
        {
            return !hash.AsSpan().SequenceEqual(known.BodyHash)
                ? ApiErrors.Error(422, "invalid_request_error", "idempotency_key_reused", "This Idempotency-Key was used with another body.", "Idempotency-Key")
                : known.Status == 0
                    ? ApiErrors.Error(409, "conflict_error", "idempotency_in_progress", "The first request with this Idempotency-Key is still being carried out.")
                    : Results.Content(Encoding.UTF8.GetString(protector.Unprotect(Convert.FromBase64String(known.Body!))), "application/json", Encoding.UTF8, known.Status);
        }

        var entry = new IdempotencyEntry { Id = id, BodyHash = hash, At = now };
        db.Add(entry);
        try
        {
            await db.SaveChangesAsync(http.RequestAborted);
        }
        catch (DbUpdateException)
        {
            return ApiErrors.Error(409, "conflict_error", "idempotency_in_progress", "The first request with this Idempotency-Key is still being carried out.");
        }

        return await RunAsync(context, next, db, entry);
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
                await db.SaveChangesAsync(CancellationToken.None);
                kept = true;
            }

            await original.WriteAsync(memory.ToArray(), http.RequestAborted);
            return Results.Empty;
        }
        finally
        {
            if (!kept)
            {
                await db.Idempotency.Where(e => e.Id == entry.Id).ExecuteDeleteAsync(CancellationToken.None);
            }
        }
    }
}
