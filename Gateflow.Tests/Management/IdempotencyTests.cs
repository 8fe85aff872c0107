using System.Data.Common;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Management;
using Gateflow.Tests.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Management;

/// <summary>The Idempotency-Key while the database is away; with one it is in BadInputTests.</summary>
public sealed class IdempotencyTests
{
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
