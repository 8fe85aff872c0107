using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Providers;
using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Management;
using Gateflow.Dashboard.Webhooks;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace Gateflow.Dashboard.Access;

/// <summary>Sign-in: people by cookie, programs by key, one set of roles.</summary>
public static class AccessServices
{
    private const string Either = "KeyOrCookie";

    public static IServiceCollection AddGateflowAccess(this IServiceCollection services, Settings settings)
    {
        services.AddDataProtection()
            .SetApplicationName("Gateflow")
            .PersistKeysToFileSystem(new DirectoryInfo(settings.KeysDirectory));
        services.AddSecretProtectors();
        services.AddSingleton<SignInLinks>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<IValidator<CreateKey>, CreateKeyValidator>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<RefusedSignIns>();
        services.Every("Entering refused sign-ins", RefusedSignIns.Period, sp => sp.GetRequiredService<RefusedSignIns>().RunOnceAsync, sp => sp.GetRequiredService<RefusedSignIns>().RunOnceAsync);
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SessionWatch>();
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, o => o.ForwardDefaultSelector = context =>
                KeyAuthentication.Presented(context.Request) is not null || context.Request.Path.StartsWithSegments("/v1")
                && context.Request.Cookies.Keys.All(c => c != CookieName) ? KeyAuthentication.SchemeName : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, KeyAuthentication>(KeyAuthentication.SchemeName, null)
            .AddCookie(o =>
            {
                o.Cookie.Name = CookieName;
                o.Cookie.SameSite = SameSiteMode.Strict;
                o.Cookie.HttpOnly = true;
                o.LoginPath = "/login";
                o.LogoutPath = "/logout";
                o.AccessDeniedPath = "/login";
                o.ExpireTimeSpan = TimeSpan.FromDays(14);
                o.SlidingExpiration = true;
                o.Events.OnValidatePrincipal = StillValidAsync;
                o.Events.OnRedirectToLogin = context => Plainly(context, 401);
                o.Events.OnRedirectToAccessDenied = context => Plainly(context, 403);
            });
        services.AddAntiforgery(o => o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest);
        services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Viewer, p => p.RequireRole(nameof(Role.Viewer)))
            .AddPolicy(Policies.Operator, p => p.RequireRole(nameof(Role.Operator)))
            .AddPolicy(Policies.Admin, p => p.RequireRole(nameof(Role.Admin)));
        return services;
    }

    /// <summary>Encryption of what is stored, for each kind with keys of its own.</summary>
    public static IServiceCollection AddSecretProtectors(this IServiceCollection services)
    {
        services.AddSingleton<ISecretProtector>(sp => new DataProtector(sp.GetRequiredService<IDataProtectionProvider>(), "Gateflow.Samples"));
        services.AddKeyedSingleton<ISecretProtector>(
            WebhookSecrets.Purpose, (sp, _) => new DataProtector(sp.GetRequiredService<IDataProtectionProvider>(), "Gateflow.Webhooks"));
        services.AddKeyedSingleton<ISecretProtector>(
            Idempotency.Purpose, (sp, _) => new DataProtector(sp.GetRequiredService<IDataProtectionProvider>(), "Gateflow.Idempotency"));
        return services.AddKeyedSingleton<ISecretProtector>(
            StoredProviders.Purpose, (sp, _) => new DataProtector(sp.GetRequiredService<IDataProtectionProvider>(), "Gateflow.Providers"));
    }

    private const string CookieName = "gateflow";

    /// <summary>A cookie is worth no more than the member or key that it came from.</summary>
    private static async Task StillValidAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        if (!await http.RequestServices.GetRequiredService<Sessions>().StandsAsync(context.Principal!, http, http.RequestAborted))
        {
            context.RejectPrincipal();
            await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        }
    }

    /// <summary>Programs get a status, people the sign-in page.</summary>
    private static Task Plainly(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/v1") || context.Request.Path.StartsWithSegments("/hubs"))
        {
            context.Response.StatusCode = status;
        }
        else
        {
            context.Response.Redirect(Uri.TryCreate(context.RedirectUri, UriKind.Absolute, out var to) ? to.PathAndQuery : "/login"); // a proxy knows better by which scheme and name the caller came
        }

        return Task.CompletedTask;
    }
}

/// <summary>Names of the authorization policies; each includes the ones before it.</summary>
public static class Policies
{
    public const string Viewer = "viewer";
    public const string Operator = "operator";
    public const string Admin = "admin";
}
