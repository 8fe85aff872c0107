using Gateflow.Core.Audit;
using Gateflow.Core.Storage;
using Gateflow.Tests.Storage;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Tests.Audit;

public sealed class AuditFleetTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chain_ManyWritersOnPostgreSql_IsOneUnbrokenLine()
    {
        const int Writers = 8;
        const int Each = 12;
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql, server.NewDatabase());

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(database, writer, Each), Token)));

        await using var db = database.Open();
        var found = await AuditVerification.RunAsync(db, Token);
        Assert.Equal((true, Writers * Each), (found.Valid, found.Entries));
        Assert.Equal(Writers * Each, await db.Settings.CountAsync(s => s.Name.StartsWith("test."), Token));
    }

    private static async Task WriteAsync(TestDatabase database, int writer, int count)
    {
        new AuditScope($"Ada {writer}", "mbr_1", AuditChannel.Api, TimeProvider.System).Enter();
        for (var i = 0; i < count; i++)
        {
            await using var db = database.Open();
            db.Add(new Setting { Name = $"test.{writer}.{i}", Value = "x" });
            await db.SaveChangesAsync(Token);
        }
    }
}
