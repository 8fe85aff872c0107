using System.Net.Sockets;
using System.Reflection;
using Gateflow.Core.Storage;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Gateflow.Tests.Storage;

public sealed class DatabaseFaultTests
{
    [Fact]
    public void IsAway_OfADatabaseAlone()
    {
        Assert.All(
            (Exception[])[new SqliteException("It says.", 14), new DbUpdateException("Not saved.", new NpgsqlException("Broken.", new IOException("Reset."))), new SocketException((int)SocketError.HostNotFound)],
            fault => Assert.True(DatabaseFault.IsAway(fault)));
        Assert.All(
            (Exception[])[new SqliteException("It says.", 1), new IOException("A file."), new HttpRequestException("A provider.", new SocketException((int)SocketError.ConnectionRefused)), new TimeoutException()],
            fault => Assert.False(DatabaseFault.IsAway(fault)));
    }

    [Theory]
    [InlineData("53100", true)] // disk full
    [InlineData("55P03", true)] // lock not available
    [InlineData("57014", true)] // a statement's time limit
    [InlineData("25006", true)] // read only
    [InlineData("40P01", true)] // deadlock
    [InlineData("22003", false)] // number out of range
    [InlineData("23505", false)] // unique violation
    [InlineData("42501", false)] // no right to a table
    [InlineData("54000", false)] // an index row too long
    public void MayPass_PostgreSql_ByTheClassOfItsCode(string code, bool expected) =>
        Assert.Equal(expected, DatabaseFault.MayPass(new DbUpdateException("Not saved.", new PostgresException("It says.", "ERROR", "ERROR", code))));

    [Theory]
    [InlineData(5, true)] // busy
    [InlineData(10, true)] // I/O
    [InlineData(13, true)] // full
    [InlineData(1, false)] // a mistake in the statement
    [InlineData(18, false)] // too big
    [InlineData(19, false)] // constraint
    [InlineData(20, false)] // mismatch
    [InlineData(25, false)] // parameter out of range
    public void MayPass_Sqlite_ByItsCode(int code, bool expected) =>
        Assert.Equal(expected, DatabaseFault.MayPass(new DbUpdateException("Not saved.", new SqliteException("It says.", code))));

    [Theory]
    [InlineData(2067, true)] // unique
    [InlineData(1555, true)] // primary key
    [InlineData(787, false)] // foreign key
    [InlineData(1299, false)] // not null
    public void IsDuplicate_Sqlite_OnlyAValueThatIsThereAlready(int extended, bool expected)
    {
        Assert.Equal(expected, DatabaseFault.IsDuplicate(new DbUpdateException("Not saved.", new SqliteException("It says.", 19, extended))));
        Assert.False(DatabaseFault.IsDuplicate(new DbUpdateException("Not saved.", new SqliteException("It says.", 5))));
    }

    [Theory]
    [InlineData("23505", true)]
    [InlineData("23503", false)] // foreign key
    [InlineData("53100", false)] // disk full
    public void IsDuplicate_PostgreSql_OnlyAValueThatIsThereAlready(string code, bool expected) =>
        Assert.Equal(expected, DatabaseFault.IsDuplicate(new DbUpdateException("Not saved.", new PostgresException("It says.", "ERROR", "ERROR", code))));

    [Theory]
    [InlineData(1105, 17, true)] // no space
    [InlineData(1205, 13, true)] // deadlock
    [InlineData(1222, 16, true)] // lock request time out
    [InlineData(-2, 11, true)] // a command's time limit
    [InlineData(8152, 16, false)] // too long for its column
    [InlineData(2627, 14, false)] // unique violation
    public void MayPass_SqlServer_ByItsSeverityAndNumber(int number, byte severity, bool expected) =>
        Assert.Equal(expected, DatabaseFault.MayPass(new DbUpdateException("Not saved.", SqlServer(number, severity))));

    [Theory]
    [InlineData(19, false)]
    [InlineData(20, true)]
    public void IsUnreachable_SqlServer_OnceTheConnectionIsLost(byte severity, bool expected) => Assert.Equal(expected, DatabaseFault.IsUnreachable(SqlServer(50_000, severity)));

    [Fact]
    public void MayPass_OtherFaults_OnlyThoseOfConnections()
    {
        Assert.True(DatabaseFault.MayPass(new InvalidOperationException("Likely transient.", new NpgsqlException("Broken.", new IOException("Reset.")))));
        Assert.All((Exception[])[new IOException("Reset."), new SocketException((int)SocketError.ConnectionReset), new TimeoutException()], fault => Assert.True(DatabaseFault.MayPass(fault)));
        Assert.False(DatabaseFault.MayPass(new InvalidOperationException("A fault of the program.")));
        Assert.False(DatabaseFault.MayPass(new InvalidCastException()));
    }

    [Fact]
    public void IsUnreachable_ServerNotUp_NotWhatItRefuses()
    {
        Assert.True(DatabaseFault.IsUnreachable(new NpgsqlException("Failed to connect.", new SocketException((int)SocketError.ConnectionRefused))));
        Assert.True(DatabaseFault.IsUnreachable(new SocketException((int)SocketError.HostNotFound)));
        Assert.True(DatabaseFault.IsUnreachable(new PostgresException("The database system is starting up", "FATAL", "FATAL", "57P03")));
        Assert.False(DatabaseFault.IsUnreachable(new PostgresException("password authentication failed", "FATAL", "FATAL", "28P01")));
        Assert.False(DatabaseFault.IsUnreachable(new InvalidOperationException("A fault of the program.")));
    }

    /// <summary>What only SQL Server's driver makes.</summary>
    private static SqlException SqlServer(int number, byte severity)
    {
        const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic;
        var error = typeof(SqlError).GetConstructors(Hidden)[0];
        var errors = Activator.CreateInstance(typeof(SqlErrorCollection), nonPublic: true)!;
        typeof(SqlErrorCollection).GetMethod("Add", Hidden)!.Invoke(errors, [error.Invoke([.. error.GetParameters().Select(p => p.Name switch
        {
            "infoNumber" => number,
            "errorClass" => severity,
            _ => p.ParameterType.IsValueType ? Activator.CreateInstance(p.ParameterType) : p.ParameterType == typeof(string) ? "It says." : null,
        })])]);
        return (SqlException)typeof(SqlException).GetMethod("CreateException", Hidden, [typeof(SqlErrorCollection), typeof(string)])!.Invoke(null, [errors, ""])!;
    }
}
