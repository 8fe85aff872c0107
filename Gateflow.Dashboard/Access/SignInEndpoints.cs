using System.Threading.RateLimiting;
using System.Security.Claims;
using Gateflow.Core.Access;
using Gateflow.Core.Audit;
using Gateflow.Core.Limits;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Audit;
using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Members;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;

namespace Gateflow.Dashboard.Access;

/// <summary>Signing in and out of the dashboard.</summary>
public static class SignInEndpoints
{
    private const string Slowly = "sign-in";

    /// <summary>At most 20 tries a minute and address; how often one member's password is tried is bounded by <see cref="SignInPace"/>.</summary>
    public static IServiceCollection AddSignInLimits(this IServiceCollection services) => services.AddRateLimiter(o =>
    {
        o.OnRejected = (rejected, _) =>
        {
            rejected.HttpContext.RequestServices.GetRequiredService<RefusedSignIns>().Note(rejected.HttpContext);
            return new ValueTask(Results.Text("Too many tries to sign in from your address. Go back and try again in a minute.", statusCode: 429).ExecuteAsync(rejected.HttpContext));
        };
        o.AddPolicy(Slowly, http => RateLimitPartition.GetFixedWindowLimiter(
            Network(http), _ => new FixedWindowRateLimiterOptions { PermitLimit = 20, Window = TimeSpan.FromMinutes(1) }));
    });

    /// <summary>What the caller commands, as <see cref="CallerAddress.Network"/> says.</summary>
    internal static string Network(HttpContext http) => CallerAddress.Network(CallerAddress.Of(
        http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"], http.RequestServices.GetRequiredService<Settings>().TrustedProxies));

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        // Before the page of the same address: a page's endpoint takes posts too.
        app.MapPost("/login", EnterAsync).AllowAnonymous().RequireRateLimiting(Slowly).ExcludeFromDescription().WithOrder(-1)
            .DisableAntiforgery(); // checked by the handler, which can say so on the page
        app.MapPost("/invite", JoinAsync).AllowAnonymous().RequireRateLimiting(Slowly).ExcludeFromDescription().WithOrder(-1).DisableAntiforgery();
        app.MapPost("/password", ChangePasswordAsync).RequireAuthorization().RequireRateLimiting(Slowly).ExcludeFromDescription().WithOrder(-1).DisableAntiforgery();
        app.MapPost("/logout", async (HttpContext http, [FromForm] string? ignored) =>
        {
            await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return Results.LocalRedirect("/login");
        }).ExcludeFromDescription();
    }

    /// <summary>Opens a session that is worth as much as the key.</summary>
    internal static Task SignInAsync(HttpContext http, KeyHash hash, KeyEntry key) =>
        SignInAsync(http, KeyAuthentication.Principal(hash, key, CookieAuthenticationDefaults.AuthenticationScheme));

    private static async Task SignInAsync(HttpContext http, ClaimsPrincipal principal)
    {
        var scope = AuditFilter.ScopeOf(principal, AuditChannel.SignIn, http.RequestServices.GetRequiredService<TimeProvider>());
        await http.RequestServices.GetRequiredService<AuditLog>().WriteAsync(scope, new AuditDraft("session.create", scope.ActorId ?? "", []), CancellationToken.None);
        await http.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, principal, new AuthenticationProperties { IsPersistent = true });
    }

    /// <summary>Where to go after signing in: the address if it lies in this program, else the overview.</summary>
    internal static string Local(string? returnUrl) =>
        returnUrl is ['/', ..] and not ['/', '/' or '\\', ..] && !returnUrl.Any(char.IsControl) ? returnUrl : "/";

    /// <summary>The sign-in page with what went wrong.</summary>
    internal static string Refused(string fault, string? returnUrl) =>
        Local(returnUrl) is var back and not "/" ? $"/login?fault={fault}&returnUrl={Uri.EscapeDataString(back)}" : $"/login?fault={fault}";

    /// <summary>With an address it is a member's password, without one a key.</summary>
    private static async Task<IResult> EnterAsync(
        HttpContext http, IAntiforgery antiforgery, MemberPasswords passwords, SignInPace pace, RefusedSignIns refused, [FromForm] string? email, [FromForm] string? key, [FromForm] string? returnUrl)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
        {
            return Results.LocalRedirect(Refused("form", returnUrl));
        }

        if (string.IsNullOrWhiteSpace(email))
        {
            return await KeyAsync(http, refused, key, returnUrl);
        }

        var paced = pace.Try(email);
        if (paced && await passwords.CheckAsync(email, key ?? "", http.RequestAborted) is { } member)
        {
            await SignInAsync(http, MemberSessions.Principal(member, CookieAuthenticationDefaults.AuthenticationScheme));
            return Results.LocalRedirect(Local(returnUrl));
        }

        var tried = await passwords.FindAsync(email, http.RequestAborted);
        refused.Note(http, tried?.Id ?? "", tried?.Name);
        return Results.LocalRedirect(Refused(paced ? "password" : "slow", returnUrl));
    }

    private static async Task<IResult> KeyAsync(HttpContext http, RefusedSignIns refused, string? key, string? returnUrl)
    {
        var (routes, settings, clock) = (http.RequestServices.GetRequiredService<Routes>(), http.RequestServices.GetRequiredService<Settings>(), http.RequestServices.GetRequiredService<TimeProvider>());
        var hash = KeyHash.Of(key?.Trim() ?? "");
        var found = routes.Current.Keys.GetValueOrDefault(hash);
        if (found is null || !KeyAuthentication.IsValid(found, clock.GetUtcNow()) || !KeyAuthentication.IsAllowed(found, http, settings.TrustedProxies))
        {
            refused.Note(http, found?.Id ?? "", found?.Name);
            return Results.LocalRedirect(Refused("key", returnUrl));
        }

        if (found.Role < Role.Viewer)
        {
            refused.Note(http, found.Id, found.Name);
            return Results.LocalRedirect(Refused("role", returnUrl));
        }

        await SignInAsync(http, hash, found);
        return Results.LocalRedirect(Local(returnUrl));
    }

    /// <summary>A member's new password: checked as a sign-in is, and all of their sessions but this one end.</summary>
    private static async Task<IResult> ChangePasswordAsync(
        HttpContext http, IAntiforgery antiforgery, MemberBook members, MemberPasswords passwords, SignInPace pace, RefusedSignIns refused, TimeProvider clock,
        [FromForm] string? present, [FromForm] string? password, [FromForm] string? again)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
        {
            return Again("form");
        }

        if (http.User.FindFirstValue(ClaimTypes.NameIdentifier) is not { } id || !MemberSessions.IsMember(id) || await members.FindAsync(id, http.RequestAborted) is not { } known)
        {
            return Results.LocalRedirect("/password");
        }

        if (password != again)
        {
            return Again("differ");
        }

        var paced = pace.Try(known.Email);
        if (!paced || await passwords.CheckAsync(known.Email, present ?? "", http.RequestAborted) is not { } member)
        {
            refused.Note(http, known.Id, known.Name);
            return Again(paced ? "present" : "slow");
        }

        new AuditScope(member.Name, member.Id, AuditChannel.SignIn, clock).Enter();
        var changed = await passwords.ChangeAsync(member, password ?? "", http.RequestAborted);
        if (!changed.IsOk)
        {
            return Again(changed.Refusal.Param == "password" ? "weak" : "form");
        }

        await SignInAsync(http, MemberSessions.Principal(changed.Value, CookieAuthenticationDefaults.AuthenticationScheme));
        return Results.LocalRedirect("/");

        static IResult Again(string fault) => Results.LocalRedirect($"/password?fault={fault}");
    }

    /// <summary>Takes an invitation: the password is set, the link used up, the member signed in.</summary>
    private static async Task<IResult> JoinAsync(
        HttpContext http, IAntiforgery antiforgery, MemberPasswords passwords, RefusedSignIns refused, TimeProvider clock, [FromForm] string? token, [FromForm] string? password, [FromForm] string? again)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
        {
            return Again("form");
        }

        if (password != again)
        {
            return Again("differ");
        }

        if (await passwords.InvitedAsync(token ?? "", http.RequestAborted) is { } invited)
        {
            new AuditScope(invited.Name, invited.Id, AuditChannel.SignIn, clock).Enter();
        }
        else
        {
            refused.Note(http);
        }

        var joined = await passwords.JoinAsync(token ?? "", password ?? "", http.RequestAborted);
        if (!joined.IsOk)
        {
            return Again("weak");
        }

        await SignInAsync(http, MemberSessions.Principal(joined.Value, CookieAuthenticationDefaults.AuthenticationScheme));
        return Results.LocalRedirect("/");

        IResult Again(string fault) => Results.LocalRedirect($"/invite?fault={fault}&token={Uri.EscapeDataString(token ?? "")}");
    }
}
