using System.Data.Common;
using System.Security.Cryptography;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Gateflow.Tests.Storage;
using Gateflow.Tests.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Management;

/// <summary>The Idempotency-Key where something is broken; where nothing is it is in BadInputTests.</summary>
public sealed class IdempotencyTests
{
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
}
