using System.Data.Common;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Gateflow.Tests.Storage;
using Gateflow.Tests.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
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
    public async Task Invoke_TakesLongerThanADeadOneWould_IsNotCarriedOutBesideItself()
    {
        await using var database = await TestDatabase.CreateAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var filter = new Idempotency(database.Factory, new FlippingProtector(), clock);
        var (begun, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        var first = CallAsync(async () =>
        {
            begun.SetResult();
            await end.Task;
        });
        await begun.Task;

        for (var i = 0; i < 5; i++)
        {
            clock.Advance(Idempotency.Patience / 4);
            await Wait.UntilAsync(async () => (await ListAsync(database)).Single().At == clock.GetUtcNow());
        }

        Assert.Equal(StatusCodes.Status409Conflict, Assert.IsAssignableFrom<IStatusCodeHttpResult>(await CallAsync(() => Task.CompletedTask)).StatusCode);
        end.SetResult();
        Assert.Equal("done", await first);

        async Task<object?> CallAsync(Func<Task> work) => await filter.InvokeAsync(new DefaultEndpointFilterInvocationContext(Plan()), async _ =>
        {
            await work();
            return "done";
        });
    }

    [Theory]
    [InlineData("POST", 200, 1)]
    [InlineData("POST", 201, 0)]
    [InlineData("GET", 200, 2)] // shows what is there, not what was
    [InlineData("GET", 201, 2)]
    public async Task Invoke_Twice_IsCarriedOutOnceWhereItChangesAndTheKeyIsNotTooLong(string method, int length, int carriedOut)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var filter = new Idempotency(database.Factory, new FlippingProtector(), TimeProvider.System);
        var calls = 0;

        for (var i = 0; i < 2; i++)
        {
            var http = Plan();
            (http.RequestServices, http.Request.Method) = (services, method);
            http.Request.Path = $"/v1/management/plans/{new string('p', 300)}";
            http.Request.Headers["Idempotency-Key"] = new string('k', length);
            var answer = await filter.InvokeAsync(new DefaultEndpointFilterInvocationContext(http), _ => ValueTask.FromResult<object?>(Results.Text($"{++calls}")));
            Assert.Equal(carriedOut == 0, answer is IStatusCodeHttpResult { StatusCode: StatusCodes.Status422UnprocessableEntity });
        }

        Assert.Equal(carriedOut, calls);
        Assert.All(await ListAsync(database), entry => Assert.InRange(entry.Id.Length, 1, 400)); // as long as its column is
    }

    [Fact]
    public async Task Invoke_AnotherTakesTheKeyAtTheSameMoment_IsNotCarriedOut()
    {
        var race = new Race();
        using var database = await UsageDatabase.CreateAsync(race);
        var filter = new Idempotency(database, new FlippingProtector(), TimeProvider.System);
        race.Meanwhile = entry => database.AddAsync(new IdempotencyEntry { Id = entry.Id, BodyHash = [], At = entry.At });

        var answer = await filter.InvokeAsync(new DefaultEndpointFilterInvocationContext(Plan()), _ => ValueTask.FromResult<object?>("done"));

        Assert.Equal(StatusCodes.Status409Conflict, Assert.IsAssignableFrom<IStatusCodeHttpResult>(answer).StatusCode);
    }

    [Fact]
    public async Task Invoke_KeyCannotBeStored_IsNotCarriedOut()
    {
        var race = new Race();
        using var database = await UsageDatabase.CreateAsync(race);
        var filter = new Idempotency(database, new FlippingProtector(), TimeProvider.System);
        race.Meanwhile = _ => throw new DbUpdateException("The disk is full.");

        await Assert.ThrowsAsync<DbUpdateException>(async () =>
            await filter.InvokeAsync(new DefaultEndpointFilterInvocationContext(Plan()), _ => ValueTask.FromResult<object?>("done")));
    }

    [Fact]
    public async Task Invoke_AnswerHoldsASecret_IsKeptEncrypted()
    {
        await using var database = await TestDatabase.CreateAsync();
        var filter = new Idempotency(database.Factory, new FlippingProtector(), TimeProvider.System);

        await CallAsync(filter, "key_1", "/v1/management/api-keys", () => Results.Text("gw_prod_secret"));

        var kept = Encoding.UTF8.GetString(Convert.FromBase64String(Assert.Single(await ListAsync(database)).Body!));
        Assert.DoesNotContain("secret", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_RepeatOfALargeFile_MayBeAsLargeAsTheFirst()
    {
        await using var database = await TestDatabase.CreateAsync();
        var filter = new Idempotency(database.Factory, new FlippingProtector(), TimeProvider.System);
        var size = new BodySize { MaxRequestBodySize = 30_000_000 };

        await CallAsync(filter, "key_1", "/v1/management/usage/import", () => Results.Text("taken"));
        var again = await CallAsync(filter, "key_1", "/v1/management/usage/import", () => Results.Text("taken twice"), size);

        Assert.Equal(("taken", null), (again.Text, size.MaxRequestBodySize));
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

    private static async Task<List<IdempotencyEntry>> ListAsync(TestDatabase database)
    {
        await using var db = database.Open();
        return await db.Idempotency.AsNoTracking().ToListAsync(TestContext.Current.CancellationToken);
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

    private static Task<(int Status, string Text)> CallAsync(Idempotency filter, string caller, string path, Func<IResult> answer, BodySize? size = null) =>
        CallAsync(filter, caller, path, () => Task.FromResult(answer()), size);

    private static async Task<(int Status, string Text)> CallAsync(Idempotency filter, string caller, string path, Func<Task<IResult>> answer, BodySize? size = null)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services, User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, caller)], "test")) };
        (http.Request.Method, http.Request.Path) = (HttpMethods.Post, path);
        http.Request.Headers["Idempotency-Key"] = "once";
        http.Features.Set<IHttpMaxRequestBodySizeFeature>(size);
        using var body = new MemoryStream();
        http.Response.Body = body;
        if (await filter.InvokeAsync(new DefaultEndpointFilterInvocationContext(http), async _ => await answer()) is IResult result)
        {
            await result.ExecuteAsync(http);
        }

        return (http.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()));
    }

    private sealed class BodySize : IHttpMaxRequestBodySizeFeature
    {
        public bool IsReadOnly => false;

        public long? MaxRequestBodySize { get; set; }
    }

    /// <summary>Lets something happen once, just before a key is stored.</summary>
    private sealed class Race : SaveChangesInterceptor
    {
        public Func<IdempotencyEntry, Task>? Meanwhile { get; set; }

        public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (Meanwhile is { } meanwhile)
            {
                Meanwhile = null;
                await meanwhile((IdempotencyEntry)eventData.Context!.ChangeTracker.Entries().Single().Entity);
            }

            return result;
        }
    }
}
