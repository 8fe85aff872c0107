using Gateflow.Core.Storage.SqlServer;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Gateflow.Tests.Storage;

/// <summary>No SQL Server can be run here, so its schema script is held against a real T-SQL parser.</summary>
public sealed class SqlServerScriptTests
{
    [Theory]
    [InlineData(MigrationsSqlGenerationOptions.Default)]
    [InlineData(MigrationsSqlGenerationOptions.Idempotent)]
    public void Script_Generated_ParsesAsTSql(MigrationsSqlGenerationOptions options)
    {
        using var db = Open();

        var script = db.GetService<IMigrator>().GenerateScript(options: options);

        Assert.Contains("CREATE TABLE [Migrations]", script, StringComparison.Ordinal);
        Assert.Empty(Errors(script));
    }

    [Fact]
    public void Schema_OfTheModel_HasNothingPending()
    {
        using var db = Open();

        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public void Query_OfTheController_ParsesAsTSql()
    {
        using var db = Open();
        var since = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        var query = db.UsageRollups.Where(r => r.Hour >= since).GroupBy(r => r.Model)
            .Select(g => new { g.Key, Requests = g.Sum(r => r.Requests) }).OrderByDescending(g => g.Requests).ToQueryString();

        Assert.Empty(Errors(query));
    }

    [Fact]
    public void Parser_BrokenScript_SaysSo() => Assert.NotEmpty(Errors("CREATE TABLE ( nothing"));

    private static SqlServerDb Open() => new(new DbContextOptionsBuilder<SqlServerDb>().UseSqlServer("Server=nowhere").Options);

    private static IList<ParseError> Errors(string script)
    {
        using var reader = new StringReader(script);
        new TSql150Parser(initialQuotedIdentifiers: true).Parse(reader, out var errors);
        return errors;
    }
}
