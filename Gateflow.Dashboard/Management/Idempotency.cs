using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Access;
using Gateflow.Core.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Management;

/// <summary>
/// A mutation that carries an Idempotency-Key is carried out once, also when its caller hangs up meanwhile: the same key with the same request gets the first
/// answer again for a day, with another one it is refused. Server errors are not kept, so that a repeat can succeed; neither is the key of a request that died
/// with its node.
/// </summary>
internal sealed class Idempotency(
    IDbContextFactory<GateflowDb> databases, [FromKeyedServices(Idempotency.Purpose)] ISecretProtector protector, TimeProvider clock) : IEndpointFilter
{
    /// <summary>Answers are kept encrypted: some hold a secret that is shown once.</summary>
    public const string Purpose = "idempotency";

    /// <summary>A request that is being carried out and gave no sign of life for so long has died.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

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

        using var hash = new RequestHash(http.Request, context.Arguments.OfType<Body>().FirstOrDefault());
        var entry = new IdempotencyEntry { Id = id, BodyHash = hash.Beginning, At = clock.GetUtcNow() };
        await using var db = await databases.CreateDbContextAsync(http.RequestAborted);
        try
        {
            if (await ClaimAsync(db, entry, hash, http) is { } answer)
            {
                return answer;
            }
        }
        catch (Exception fault) when (IsRollback(http.Request) && DatabaseFault.Is(fault))
        {
            return await next(context); // it is in force without the database, and twice is once
        }

        return await RunAsync(context, next, db, entry, hash);
    }

    /// <summary>True for the brake, which nothing beside the point may stop.</summary>
    internal static bool IsRollback(HttpRequest request) => request.Path.Value?.EndsWith("/rollback", StringComparison.Ordinal) == true;

    /// <summary>
    /// Takes the key for this request, or gives what a request has to hear that came with it before. A rollback takes it also from one that has not ended: what
    /// died under way, or could not store its answer, must not stop the brake.
    /// </summary>
    private async Task<IResult?> ClaimAsync(GateflowDb db, IdempotencyEntry entry, RequestHash hash, HttpContext http)
    {
        var (old, dead) = (entry.At - Kept, entry.At - Patience);
        await db.Idempotency.Where(e => e.At < dead && (e.Status == 0 || e.At < old)).ExecuteDeleteAsync(http.RequestAborted);
        if (await db.Idempotency.AsNoTracking().FirstOrDefaultAsync(e => e.Id == entry.Id, http.RequestAborted) is { } known)
        {
            if (known.Status != 0)
            {
                return await RepeatAsync(known, hash, http);
            }

            return IsRollback(http.Request) ? null : InProgress();
        }

        db.Add(entry);
        try
        {
            await db.SaveChangesAsync(http.RequestAborted);
            return null;
        }
        catch (DbUpdateException)
        {
            if (!await db.Idempotency.AnyAsync(e => e.Id == entry.Id, http.RequestAborted))
            {
                throw;
            }

            return InProgress();
        }
    }

    private static IResult InProgress() => ApiErrors.Error(409, "conflict_error", "idempotency_in_progress", "The first request with this Idempotency-Key is still being carried out.");

    /// <summary>The first answer again, where the request is the first again.</summary>
    private async Task<IResult> RepeatAsync(IdempotencyEntry known, RequestHash hash, HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null; // as much as the first request may have had, and none of it is held
        }

        if (!(await hash.WholeAsync(http.RequestAborted)).AsSpan().SequenceEqual(known.BodyHash))
        {
            return ApiErrors.Error(422, "invalid_request_error", "idempotency_key_reused", "This Idempotency-Key was used with another body or query.", "Idempotency-Key");
        }

        var answer = Encoding.UTF8.GetString(protector.Unprotect(Convert.FromBase64String(known.Body!)));
        var body = answer.IndexOf('\n', StringComparison.Ordinal) + 1;
        if (body > 1)
        {
            http.Response.Headers.Location = answer[..(body - 1)];
        }

        return body == answer.Length ? Results.StatusCode(known.Status) : Results.Content(answer[body..], "application/json", Encoding.UTF8, known.Status);
    }

    private async Task<object?> RunAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next, GateflowDb db, IdempotencyEntry entry, RequestHash hash)
    {
        var http = context.HttpContext;
        var (hungUp, original) = (http.RequestAborted, http.Response.Body);
        var claimed = db.Entry(entry).State != EntityState.Detached; // else the key is still of the one before
        using var ended = new CancellationTokenSource();
        var living = LiveAsync(entry.Id, ended.Token);
        using var memory = new MemoryStream();
        var kept = false;
        try
        {
            Outlive(context);
            var result = await next(context);
            if (result is not IResult answer)
            {
                return result;
            }

            http.Response.Body = memory;
            await answer.ExecuteAsync(http);
            kept = http.Response.StatusCode < 500 && await TryAsync(async () =>
            {
                var (whole, status, body) = (await hash.WholeAsync(CancellationToken.None), http.Response.StatusCode, Secret(http.Response.Headers.Location, memory));
                await db.Idempotency.Where(e => e.Id == entry.Id && (e.Status == 0 || (e.Status >= 400 && status < 400))) // of two rollbacks at once what one did stands, not that the other came too late
                    .ExecuteUpdateAsync(set => set.SetProperty(e => e.BodyHash, whole).SetProperty(e => e.Status, status).SetProperty(e => e.Body, body), CancellationToken.None);
            });
        }
        finally
        {
            (http.RequestAborted, http.Response.Body) = (hungUp, original);
            await ended.CancelAsync();
            await living;
            if (!kept && claimed)
            {
                await TryAsync(() => db.Idempotency.Where(e => e.Id == entry.Id && e.Status == 0).ExecuteDeleteAsync(CancellationToken.None));
            }
        }

        if (memory.Length > 0)
        {
            await original.WriteAsync(memory.ToArray(), hungUp); // where the status allows no body, even writing nothing is refused
        }

        return Results.Empty;
    }

    /// <summary>From here on a caller that hangs up stops nothing: what is half done would be done again by the repeat.</summary>
    private static void Outlive(EndpointFilterInvocationContext context)
    {
        context.HttpContext.RequestAborted = CancellationToken.None;
        for (var i = 0; i < context.Arguments.Count; i++)
        {
            if (context.Arguments[i] is CancellationToken)
            {
                context.Arguments[i] = CancellationToken.None;
            }
        }
    }

    /// <summary>Signs of life until the request has ended.</summary>
    private async Task LiveAsync(string id, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(Patience / 4, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                var now = clock.GetUtcNow();
                await TryAsync(async () =>
                {
                    await using var db = await databases.CreateDbContextAsync(ended);
                    await db.Idempotency.Where(e => e.Id == id).ExecuteUpdateAsync(set => set.SetProperty(e => e.At, now), ended);
                });
            }
        }
        catch (OperationCanceledException)
        {
            // it has ended
        }
    }

    private string Secret(string? location, MemoryStream body) => Convert.ToBase64String(protector.Protect([.. Encoding.UTF8.GetBytes($"{location}\n"), .. body.ToArray()]));

    /// <summary>False when the database is away, or the caller before all of the body came: what was answered stands all the same.</summary>
    private static async Task<bool> TryAsync(Func<Task> store)
    {
        try
        {
            await store();
            return true;
        }
        catch (Exception fault) when (DatabaseFault.Is(fault) || fault is OperationCanceledException)
        {
            return false;
        }
    }
}
