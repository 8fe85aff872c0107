using System.Net.Sockets;
using Gateflow.Core.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Gateflow.Tests.Storage;

public sealed class DatabaseFaultTests
{
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
    [InlineData(18, false)] // too big
    [InlineData(19, false)] // constraint
    [InlineData(20, false)] // mismatch
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

    [Fact]
    public void MayPass_OtherFaults_OnlyThoseOfConnections()
    {
        Assert.True(DatabaseFault.MayPass(new InvalidOperationException("Likely transient.", new NpgsqlException("Broken.", new IOException("Reset.")))));
        Assert.True(DatabaseFault.MayPass(new TimeoutException()));
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
}
