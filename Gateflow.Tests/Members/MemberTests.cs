using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Members;
using Gateflow.Tests.Management;
using Gateflow.Tests.Shell;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Members;

public sealed partial class MemberTests : IAsyncLifetime
{
    private const string Password = "five brown ducks swim";

    private readonly BrokenDatabase broken = new();
    private readonly LeapingClock clock = new();
    private ManagedGateflow gateflow = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => gateflow = await ManagedGateflow.StartAsync(
        services: s => s.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(broken)).AddSingleton<TimeProvider>(clock));

    public ValueTask DisposeAsync() => gateflow.DisposeAsync();

    [Fact]
    public async Task Invitation_Taken_SignsInOnceAndActsUnderTheMembersName()
    {
        var (id, link) = await InviteAsync("Ada", "operator");
        using var browser = gateflow.Host.CreateClient();
        using var other = gateflow.Host.CreateClient();

        Assert.Contains("Welcome, Ada", await browser.GetStringAsync(link, Token), StringComparison.Ordinal);
        Assert.Equal("/", await JoinAsync(browser, link));
        Assert.StartsWith("/invite?fault=weak", await PostAsync(other, "/login", "/invite", new() { ["token"] = link.Split('=')[1], ["password"] = Password, ["again"] = Password }), StringComparison.Ordinal);
        Assert.Contains("used already", await other.GetStringAsync(link, Token), StringComparison.Ordinal);

        var (status, draft) = await gateflow.CallAsync("POST", "/migrations", $$"""{"source_model": "{{ManagedGateflow.Source}}", "target_model": "{{ManagedGateflow.Target}}"}""", browser);
        Assert.Equal(HttpStatusCode.Created, status);
        var events = await gateflow.MustAsync("GET", $"/migrations/{ManagedGateflow.Text(draft, "migration_id")}/events");
        Assert.Equal("Ada", ManagedGateflow.Text(events["data"]![0]!, "actor"));
        var audit = await gateflow.MustAsync("GET", $"/audit-log?actor={id}");
        Assert.Equal(["migration.configured", "migration.created", "session.create", "member.update"], audit["data"]!.AsArray().Select(e => ManagedGateflow.Text(e!, "action")));
        Assert.DoesNotContain("assword\":", audit.ToJsonString().Replace("password_hash", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await gateflow.CallAsync("GET", "/members", null, browser)).Status);
    }

    [Fact]
    public async Task SignIn_ByPassword_OpensASession_AndEndsWithTheMember()
    {
        var (id, link) = await InviteAsync("Grace", "viewer");
        using var first = gateflow.Host.CreateClient();
        await JoinAsync(first, link);
        using var browser = gateflow.Host.CreateClient();

        Assert.Equal("/login?fault=password", await SignInAsync(browser, "grace@example.com", "not the password"));
        Assert.Equal("/login?fault=password", await SignInAsync(browser, "nobody@example.com", Password));
        Assert.Equal("/", await SignInAsync(browser, "Grace@Example.com", Password));
        Assert.Equal(HttpStatusCode.OK, (await gateflow.CallAsync("GET", "/migrations", null, browser)).Status);

        await gateflow.MustAsync("PATCH", $"/members/{id}", """{"disabled": true}""");

        Assert.Equal(HttpStatusCode.Unauthorized, (await gateflow.CallAsync("GET", "/migrations", null, browser)).Status);
        Assert.Equal("/login?fault=password", await SignInAsync(browser, "grace@example.com", Password));
    }

    [Fact]
    public async Task Session_DatabaseAway_StandsAndMayRollBack()
    {
        var (_, link) = await InviteAsync("Grace", "operator");
        using var browser = gateflow.Host.CreateClient();
        await JoinAsync(browser, link);
        var id = await gateflow.DraftAsync();
        await gateflow.MustAsync("POST", $"/migrations/{id}/execute");
        broken.Everywhere = true;
        clock.Leap(MemberSessions.Kept * 2);

        var (status, rolledBack) = await gateflow.CallAsync("POST", $"/migrations/{id}/rollback", """{"reason": "It answers nonsense."}""", browser);
        var (_, refused) = await gateflow.CallAsync("GET", "/migrations", null, browser);
        using var page = await browser.GetAsync(link, Token);
        broken.Everywhere = false;

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "rollback_not_stored"), (status, ManagedGateflow.Text(rolledBack["error"]!, "code")));
        Assert.Equal("database_unavailable", ManagedGateflow.Text(refused["error"]!, "code"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        Assert.Contains("cannot be reached", await page.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await gateflow.CallAsync("GET", "/migrations", null, browser)).Status);
    }

    [Fact]
    public async Task Rename_EndsSessions_ThatWouldActUnderTheOldName()
    {
        var (id, link) = await InviteAsync("Grace", "viewer");
        using var browser = gateflow.Host.CreateClient();
        await JoinAsync(browser, link);

        await gateflow.MustAsync("PATCH", $"/members/{id}", """{"name": "Grace H."}""");

        Assert.Equal(HttpStatusCode.Unauthorized, (await gateflow.CallAsync("GET", "/migrations", null, browser)).Status);
        Assert.Equal("/", await SignInAsync(browser, "grace@example.com", Password));
    }

    [Fact]
    public async Task Reset_EndsPasswordAndSessions_AndTheNewLinkOpens()
    {
        var (id, link) = await InviteAsync("Grace", "viewer");
        using var browser = gateflow.Host.CreateClient();
        await JoinAsync(browser, link);

        var made = await gateflow.MustAsync("POST", $"/members/{id}/reset");

        Assert.Equal("invited", ManagedGateflow.Text(made, "status"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateflow.CallAsync("GET", "/migrations", null, browser)).Status);
        Assert.Equal("/login?fault=password", await SignInAsync(browser, "grace@example.com", Password));
        Assert.Equal("/", await JoinAsync(browser, new Uri(ManagedGateflow.Text(made, "invite_url")).PathAndQuery));
    }

    [Fact]
    public async Task ChangePassword_ByTheMember_TakesThePresentOneAndEndsOtherSessions()
    {
        const string Next = "six green geese walk";
        var (id, link) = await InviteAsync("Grace", "viewer");
        using var browser = gateflow.Host.CreateClient();
        using var other = gateflow.Host.CreateClient();
        await JoinAsync(browser, link);
        await SignInAsync(other, "grace@example.com", Password);

        Assert.Equal("/password?fault=present", await ChangeAsync("not the password", Next));
        Assert.Equal("/password?fault=weak", await ChangeAsync(Password, "short"));
        Assert.Equal("/password?fault=weak", await ChangeAsync(Password, string.Concat(Enumerable.Repeat("six green geese", 20))));
        Assert.Contains("at most 200 bytes", await browser.GetStringAsync("/password?fault=weak", Token), StringComparison.Ordinal);
        Assert.Equal("/password?fault=differ", await PostAsync(browser, "/password", "/password", new() { ["present"] = Password, ["password"] = Next, ["again"] = "another" }));
        Assert.Equal(HttpStatusCode.OK, (await gateflow.CallAsync("GET", "/migrations", null, other)).Status);
        Assert.Equal("/", await ChangeAsync(Password, Next));

        Assert.Equal(HttpStatusCode.OK, (await gateflow.CallAsync("GET", "/migrations", null, browser)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gateflow.CallAsync("GET", "/migrations", null, other)).Status);
        Assert.Equal("/login?fault=password", await SignInAsync(other, "grace@example.com", Password));
        Assert.Equal("/", await SignInAsync(other, "grace@example.com", Next));
        var audit = await gateflow.MustAsync("GET", $"/audit-log?action=member.update&target={id}");
        Assert.Equal((id, "password_hash"), audit["data"]![0] is { } newest ? (ManagedGateflow.Text(newest, "actor_id"), newest["fields"]![0]!.GetValue<string>()) : default);

        Task<string> ChangeAsync(string present, string password) =>
            PostAsync(browser, "/password", "/password", new() { ["present"] = present, ["password"] = password, ["again"] = password });
    }

    [Fact]
    public async Task ChangePassword_Guessed_IsSlowedDownAsASignInIs()
    {
        var (_, link) = await InviteAsync("Grace", "viewer");
        using var browser = gateflow.Host.CreateClient();
        await JoinAsync(browser, link);

        List<string> answers = [];
        for (var i = 0; i < 11; i++)
        {
            answers.Add(await PostAsync(browser, "/password", "/password", new() { ["present"] = $"guess {i}", ["password"] = "six green geese walk", ["again"] = "six green geese walk" }));
        }

        Assert.Equal(["/password?fault=present", "/password?fault=slow"], answers.Distinct());
    }

    [Fact]
    public async Task LastAdministrator_CannotBeRemovedDisabledOrDemoted()
    {
        var (id, link) = await InviteAsync("Ada", "admin");
        using var browser = gateflow.Host.CreateClient();
        await JoinAsync(browser, link);
        await InviteAsync("Grace", "admin"); // has no password yet: does not count

        foreach (var (method, path, body) in new[] { ("DELETE", "", null), ("PATCH", "", """{"disabled": true}"""), ("PATCH", "", """{"role": "operator"}"""), ("POST", "/reset", null) })
        {
            var (status, answer) = await gateflow.CallAsync(method, $"/members/{id}{path}", body);
            Assert.Equal((HttpStatusCode.Conflict, "last_admin"), (status, ManagedGateflow.Text(answer["error"]!, "code")));
        }

        Assert.Equal(HttpStatusCode.OK, (await gateflow.CallAsync("GET", "/members", null, browser)).Status);
    }

    [Fact]
    public async Task Invite_WithFaults_NamesEachAndMakesNothing()
    {
        await InviteAsync("Ada", "viewer");

        var (status, body) = await gateflow.CallAsync("POST", "/members", """{"name": "ada", "email": "no address", "role": "application", "colour": "red"}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Equal(["colour", "email", "name", "role"], body["error"]!["details"]!.AsArray().Select(d => ManagedGateflow.Text(d!, "param")).Order());
        Assert.Equal(422, (int)(await gateflow.CallAsync("POST", "/members", """{"name": "gateflow", "email": "g@example.com"}""")).Status);
        Assert.Single((await gateflow.MustAsync("GET", "/members"))["data"]!.AsArray());
    }

    [Fact]
    public async Task SignIn_TriedTooOften_IsSlowedDownForThatMember()
    {
        using var browser = gateflow.Host.CreateClient();

        List<string> answers = [];
        for (var i = 0; i < 11; i++)
        {
            answers.Add(await SignInAsync(browser, "ada@example.com", $"guess {i}"));
        }

        Assert.All(answers[..10], a => Assert.Equal("/login?fault=password", a));
        Assert.Equal("/login?fault=slow", answers[10]);
    }

    [Fact]
    public async Task SignIn_Refused_IsEnteredWithWhoWasTriedAndHowOften()
    {
        var (ada, _) = await InviteAsync("Ada", "viewer");
        var refused = gateflow.Host.Get<RefusedSignIns>();
        using var browser = gateflow.Host.CreateClient();
        foreach (var (email, secret) in new[] { ("ada@example.com", "guess 1"), ("ada@example.com", "guess 2"), ("nobody@example.com", "guess 3"), ("", "gw_admin_guess") })
        {
            Assert.StartsWith("/login?fault=", await SignInAsync(browser, email, secret), StringComparison.Ordinal);
        }

        using var link = await browser.GetAsync("/login?token=guess", Token);
        await refused.RunOnceAsync(Token);
        await refused.RunOnceAsync(Token);

        var log = await gateflow.MustAsync("GET", "/audit-log?action=session.refuse");
        Assert.Equal(
            [("127.0.0.1", "", "3 tries"), ("127.0.0.1", ada, "2 tries as Ada")],
            log["data"]!.AsArray().Select(e => (ManagedGateflow.Text(e!, "actor"), ManagedGateflow.Text(e!, "target"), string.Join(' ', e!["fields"]!.AsArray()))));
        Assert.DoesNotContain("guess", log.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("nobody", log.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_RefusedFromManyAddresses_DoesNotFillTheLog()
    {
        var refused = gateflow.Host.Get<RefusedSignIns>();
        for (var i = 0; i < RefusedSignIns.Most + 50; i++)
        {
            refused.Note($"192.0.2.{i}", "", null);
        }

        await refused.RunOnceAsync(Token);

        var newest = await gateflow.MustAsync("GET", "/audit-log?action=session.refuse&limit=200");
        Assert.Equal(RefusedSignIns.Most + 1, newest["data"]!.AsArray().Count);
        Assert.Equal("50 tries", newest["data"]!.AsArray().Single(e => ManagedGateflow.Text(e!, "actor") == "other addresses")!["fields"]![0]!.GetValue<string>());
    }

    [Theory]
    [InlineData("short")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("Ada@Example.com!!")]
    public void Password_EasyToGuess_IsRefused(string password) =>
        Assert.NotNull(MemberPasswords.Fault(new() { Id = "mbr_1", Name = "Ada", Email = "ada@example.com", Role = default, CreatedAt = default, CreatedBy = "" }, password));

    private async Task<(string Id, string Link)> InviteAsync(string name, string role)
    {
        var made = await gateflow.MustAsync("POST", "/members", $$"""{"name": "{{name}}", "email": "{{name}}@example.com", "role": "{{role}}"}""");
        return (ManagedGateflow.Text(made, "id"), new Uri(ManagedGateflow.Text(made, "invite_url")).PathAndQuery);
    }

    private static Task<string> JoinAsync(HttpClient browser, string link) =>
        PostAsync(browser, link, "/invite", new() { ["token"] = link.Split('=')[1], ["password"] = Password, ["again"] = Password });

    private static Task<string> SignInAsync(HttpClient browser, string email, string password) =>
        PostAsync(browser, "/login", "/login", new() { ["email"] = email, ["key"] = password });

    /// <summary>Opens a page, sends a form as a browser does, and returns where that leads.</summary>
    private static async Task<string> PostAsync(HttpClient browser, string page, string to, Dictionary<string, string> fields)
    {
        var html = await browser.GetStringAsync(page, Token);
        fields["__RequestVerificationToken"] = AntiforgeryToken().Match(html).Groups[1].Value;
        using var form = new FormUrlEncodedContent(fields);
        using var answer = await browser.PostAsync(to, form, Token);
        return answer.Headers.Location?.OriginalString ?? $"{(int)answer.StatusCode}";
    }

    /// <summary>The machine's, but for how much time has passed.</summary>
    private sealed class LeapingClock : TimeProvider
    {
        private long leapt;

        public void Leap(TimeSpan by) => Interlocked.Add(ref leapt, (long)(by.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref leapt);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
