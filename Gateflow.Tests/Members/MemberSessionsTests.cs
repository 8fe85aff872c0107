using System.Data.Common;
using System.Security.Claims;
using Gateflow.Core.Access;
using Gateflow.Core.Members;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Members;
using Gateflow.Tests.Shell;
using Gateflow.Tests.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Gateflow.Tests.Members;

public sealed class MemberSessionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StandsAsync_DatabaseAway_BelievesItsLastAnswerForAnHour()
    {
        var (broken, clock, grace) = (new BrokenDatabase(), new FakeTimeProvider(), Grace());
        using var database = await UsageDatabase.CreateAsync(broken);
        await database.AddAsync(grace);
        var sessions = new MemberSessions(database, clock);
        broken.Here = true;
        await Assert.ThrowsAnyAsync<DbException>(() => sessions.StandsAsync(User(grace), Token)); // nothing is known yet
        broken.Here = false;
        Assert.True(await sessions.StandsAsync(User(grace), Token));
        broken.Here = true;

        clock.Advance(MemberSessions.KeptBeforeOutage - TimeSpan.FromSeconds(1));
        Assert.True(await sessions.StandsAsync(User(grace), Token));
        clock.Advance(MemberSessions.KeptInOutage - TimeSpan.FromMinutes(1));
        Assert.True(await sessions.StandsAsync(User(grace), Token));
        Assert.False(await sessions.StandsAsync(User(grace, Guid.CreateVersion7()), Token));
        clock.Advance(TimeSpan.FromMinutes(2));
        await Assert.ThrowsAnyAsync<DbException>(() => sessions.StandsAsync(User(grace), Token));
    }

    [Fact]
    public async Task StandsAsync_NotAskedAboutInTheMinuteBeforeAnOutage_IsNotBelieved()
    {
        var (broken, clock, grace) = (new BrokenDatabase(), new FakeTimeProvider(), Grace());
        using var database = await UsageDatabase.CreateAsync(broken);
        await database.AddAsync(grace);
        var sessions = new MemberSessions(database, clock);
        Assert.True(await sessions.StandsAsync(User(grace), Token));

        clock.Advance(MemberSessions.KeptBeforeOutage + TimeSpan.FromSeconds(1)); // removed through another node, perhaps
        broken.Here = true;

        await Assert.ThrowsAnyAsync<DbException>(() => sessions.StandsAsync(User(grace), Token));
    }

    [Fact]
    public async Task StandsAsync_AbortedByItsCaller_IsNoOutage()
    {
        var (clock, grace, canceled) = (new FakeTimeProvider(), Grace(), new CancellationToken(canceled: true));
        using var inner = await UsageDatabase.CreateAsync();
        await inner.AddAsync(grace);
        var database = new Aborted(inner);
        var sessions = new MemberSessions(database, clock);
        Assert.True(await sessions.StandsAsync(User(grace), Token));
        clock.Advance(MemberSessions.Kept * 2);
        database.Here = true;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sessions.StandsAsync(User(grace), canceled));
    }

    [Fact]
    public async Task StandsAsync_EndedWhileTheDatabaseWasAway_EndsWhenItIsBack()
    {
        var (broken, clock, grace) = (new BrokenDatabase(), new FakeTimeProvider(), Grace());
        using var database = await UsageDatabase.CreateAsync(broken);
        await database.AddAsync(grace);
        var sessions = new MemberSessions(database, clock);
        Assert.True(await sessions.StandsAsync(User(grace), Token));
        await using (var db = database.CreateDbContext())
        {
            db.Remove(grace);
            await db.SaveChangesAsync(Token);
        }

        clock.Advance(MemberSessions.Kept * 2);
        broken.Here = true;
        Assert.True(await sessions.StandsAsync(User(grace), Token));
        broken.Here = false;
        clock.Advance(MemberSessions.Kept * 2);

        Assert.False(await sessions.StandsAsync(User(grace), Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Keep_DuringALookUp_IsNotUndoneByItsOlderAnswer(bool known)
    {
        var (broken, clock, grace, next) = (new BrokenDatabase(), new FakeTimeProvider(), Grace(), Guid.CreateVersion7());
        using var database = await UsageDatabase.CreateAsync(broken);
        await database.AddAsync(grace);
        var sessions = new MemberSessions(database, clock);
        if (known)
        {
            await sessions.StandsAsync(User(grace), Token);
            clock.Advance(MemberSessions.Kept * 2);
        }

        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var looking = broken.HoldAsync(go.Task, () => sessions.StandsAsync(User(grace), Token)); // reads the row as it was before

        sessions.Keep(grace.Id, next);
        go.SetResult();
        await looking;

        Assert.True(await sessions.StandsAsync(User(grace, next), Token));
    }

    /// <summary>Ends a question as PostgreSQL's driver does whose caller went.</summary>
    private sealed class Aborted(UsageDatabase inner) : IDbContextFactory<GateflowDb>
    {
        public bool Here { get; set; }

        public GateflowDb CreateDbContext() => Here
            ? throw new OperationCanceledException("Query was cancelled.", new PostgresException("canceling statement due to user request", "ERROR", "ERROR", PostgresErrorCodes.QueryCanceled))
            : inner.CreateDbContext();
    }

    private static Member Grace() => new()
    {
        Id = Ids.New(Member.IdPrefix, DateTimeOffset.UnixEpoch), Name = "Grace", Email = "grace@example.com", Role = Role.Operator, PasswordHash = "hash", Session = Guid.CreateVersion7(),
        CreatedAt = DateTimeOffset.UnixEpoch, CreatedBy = "test",
    };

    private static ClaimsPrincipal User(Member member, Guid? session = null) => MemberSessions.Principal(
        new Member { Id = member.Id, Name = member.Name, Email = member.Email, Role = member.Role, Session = session ?? member.Session, CreatedAt = member.CreatedAt, CreatedBy = member.CreatedBy }, "test");
}
