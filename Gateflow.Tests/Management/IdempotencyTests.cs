using System.Data.Common;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Gateflow.Tests.Storage;
using Gateflow.Tests.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Management;

/// <summary>The Idempotency-Key where something is broken; where nothing is it is in BadInputTests.</summary>
public sealed class IdempotencyTests
{
    [Theory]
    [InlineData("key_1", "/v1/management/api-keys", 0, 1)]
    [InlineData("key_1", "/v1/management/api-keys", 23, 1)]
    [InlineData("key_1", "/v1/management/api-keys", 25, 2)] // kept for a day
    [InlineData("key_2", "/v1/management/api-keys", 0, 2)] // of somebody else, who must not see the first one's answer
    [InlineData("key_1", "/v1/management/webhooks", 0, 2)]
    public async Task Invoke_SameKeyAgain_IsTheSameRequestToItsCallerThereAndForADay(string caller, string path, int hours, int carriedOut)
    {
        await using var database = await TestDatabase.CreateAsync();
        var clock = new FakeTimeProvider(new DateTimeOffset(2027, 1, 4, 9, 0, 0, TimeSpan.Zero));
        var filter = new Idempotency(database.Factory, new FlippingProtector(), clock);
        var calls = 0;

        await CallAsync(filter, "key_1", "/v1/management/api-keys", () => Results.Text($"answer {++calls}"));
        clock.Advance(TimeSpan.FromHours(hours));
        var again = await CallAsync(filter, caller, path, () => Results.Text($"answer {++calls}"));

        Assert.Equal((carriedOut, $"answer {carriedOut}"), (calls, again.Text));
    }

    [Theory]
    [InlineData(503, 200)]
    [InlineData(409, 409)]
    public async Task Invoke_RepeatedAfterAnError_TriesAgainOnlyWhereItWasTheServers(int first, int second)
    {
        await using var database = await TestDatabase.CreateAsync();
        var filter = new Idempotency(database.Factory, new FlippingProtector(), new FakeTimeProvider());

        Assert.Equal(first, (await CallAsync(filter, "key_1", "/v1/management/plans", () => Results.StatusCode(first))).Status);
        Assert.Equal(second, (await CallAsync(filter, "key_1", "/v1/management/plans", () => Results.StatusCode(200))).Status);
    }

    [Fact]
    public async Task Invoke_FirstOneNeverEnded_RollbackIsCarriedOutAllTheSame()
    {
        await using var database = await TestDatabase.CreateAsync();
        var filter = new Idempotency(database.Factory, new FlippingProtector(), TimeProvider.System);
        await LeaveAsync("rollback");
        await LeaveAsync("pause");

        Assert.Equal("done", await CallAsync("rollback", () => "done"));
        Assert.IsNotType<string>(await CallAsync("pause", () => "done"));

        async Task LeaveAsync(string verb)
        {
            await using var db = database.Open();
            db.Add(new IdempotencyEntry { Id = $" POST {PathOf(verb)} once", BodyHash = SHA256.HashData([]), At = TimeProvider.System.GetUtcNow() });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        async Task<object?> CallAsync(string verb, Func<object?> carryOut)
        {
            var http = new DefaultHttpContext();
            (http.Request.Method, http.Request.Path) = (HttpMethods.Post, PathOf(verb));
            http.Request.Headers["Idempotency-Key"] = "once";
            return await filter.InvokeAsync(new DefaultEndpointFilterInvocationContext(http), _ => ValueTask.FromResult(carryOut()));
        }

        static string PathOf(string verb) => $"/v1/management/migrations/mig_1/{verb}";
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Invoke_RollbackRepeatedWhileItRuns_WhatWasDoneIsAnsweredFromThenOn(bool repeatEndsLast)
    {
        const string Path = "/v1/management/migrations/mig_1/rollback";
        await using var database = await TestDatabase.CreateAsync();
        var filter = new Idempotency(database.Factory, new FlippingProtector(), TimeProvider.System);
        var (firstRuns, repeatRuns) = (Waiting(), Waiting());
        var (firstEnds, repeatEnds) = (Waiting(), Waiting());

        var first = CallAsync(filter, "key_1", Path, async () =>
        {
            firstRuns.SetResult();
            await firstEnds.Task;
            return Results.Text("rolled back");
        });
        await firstRuns.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var repeat = CallAsync(filter, "key_1", Path, async () =>
        {
            repeatRuns.SetResult();
            await repeatEnds.Task;
            return Results.Text("illegal", statusCode: 409);
        });
        await repeatRuns.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        foreach (var (end, call) in repeatEndsLast ? [(firstEnds, first), (repeatEnds, repeat)] : new[] { (repeatEnds, repeat), (firstEnds, first) })
        {
            end.SetResult();
            await call;
        }

        Assert.Equal((200, 409), ((await first).Status, (await repeat).Status));
        Assert.Equal((200, "rolled back"), await CallAsync(filter, "key_1", Path, () => Results.Text("again")));

        static TaskCompletionSource Waiting() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [Fact]
    public async Task Invoke_FirstOneDied_IsCarriedOutAfterAWhile()
    {
        await using var database = await TestDatabase.CreateAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var filter = new Idempotency(database.Factory, new FlippingProtector(), clock);
        await using (var db = database.Open())
        {
            db.Add(new IdempotencyEntry { Id = " POST /v1/management/plans once", BodyHash = [], At = clock.GetUtcNow() });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        Assert.IsNotType<string>(await CallAsync());
        clock.Advance(Idempotency.Patience + TimeSpan.FromSeconds(1));
        Assert.Equal("done", await CallAsync());

        async Task<object?> CallAsync() => await filter.InvokeAsync(new DefaultEndpointFilterInvocationContext(Plan()), _ => ValueTask.FromResult<object?>("done"));
    }

    [Fact]
    public async Task Invoke_CallerHangsUp_WorkIsDoneAndItsAnswerKept()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var filter = new Idempotency(database.Factory, new FlippingProtector(), TimeProvider.System);
        using var caller = new CancellationTokenSource();
        var done = 0;
        var hungUp = Plan();
        (hungUp.RequestAborted, hungUp.RequestServices) = (caller.Token, services);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CallAsync(hungUp));
        var again = await CallAsync(Plan());

        Assert.Equal(1, done);
        Assert.Equal(StatusCodes.Status201Created, Assert.IsAssignableFrom<IStatusCodeHttpResult>(again).StatusCode);

        async Task<object?> CallAsync(HttpContext http) => await filter.InvokeAsync(new DefaultEndpointFilterInvocationContext(http, http.RequestAborted), async context =>
        {
            await caller.CancelAsync();
            context.GetArgument<CancellationToken>(0).ThrowIfCancellationRequested();
            context.HttpContext.RequestAborted.ThrowIfCancellationRequested();
            done++;
            return Results.Json(new { id = "plan_1" }, statusCode: StatusCodes.Status201Created);
        });
    }

    private static DefaultHttpContext Plan()
    {
        var http = new DefaultHttpContext();
        (http.Request.Method, http.Request.Path) = (HttpMethods.Post, "/v1/management/plans");
        http.Request.Headers["Idempotency-Key"] = "once";
        return http;
    }

    [Fact]
    public async Task Invoke_WhileTheDatabaseIsAway_RollbackIsCarriedOutAllTheSame()
    {
        var nowhere = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString(), "gateflow.db");
        await using var services = new ServiceCollection().AddGateflowStorage(DatabaseProvider.Sqlite, $"Data Source={nowhere}").BuildServiceProvider();
        var filter = new Idempotency(services.GetRequiredService<IDbContextFactory<GateflowDb>>(), new FlippingProtector(), TimeProvider.System);

        Assert.Equal("done", await CallAsync("rollback"));
        await Assert.ThrowsAnyAsync<DbException>(() => CallAsync("pause"));

        async Task<object?> CallAsync(string verb)
        {
            var http = new DefaultHttpContext();
            (http.Request.Method, http.Request.Path) = (HttpMethods.Post, $"/v1/management/migrations/mig_1/{verb}");
            http.Request.Headers["Idempotency-Key"] = "once";
            return await filter.InvokeAsync(new DefaultEndpointFilterInvocationContext(http), _ => ValueTask.FromResult<object?>("done"));
        }
    }

    private static Task<(int Status, string Text)> CallAsync(Idempotency filter, string caller, string path, Func<IResult> answer) =>
        CallAsync(filter, caller, path, () => Task.FromResult(answer()));

    private static async Task<(int Status, string Text)> CallAsync(Idempotency filter, string caller, string path, Func<Task<IResult>> answer)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services, User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller)], "test")) };
        (http.Request.Method, http.Request.Path) = (HttpMethods.Post, path);
        http.Request.Headers["Idempotency-Key"] = "once";
        using var body = new MemoryStream();
        http.Response.Body = body;
        if (await filter.InvokeAsync(new DefaultEndpointFilterInvocationContext(http), async _ => await answer()) is IResult result)
        {
            await result.ExecuteAsync(http);
        }

        return (http.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()));
    }
}
