namespace Gateflow.Dashboard.Members;

/// <summary>What members register.</summary>
internal static class MemberServices
{
    public static IServiceCollection AddMembers(this IServiceCollection services)
    {
        services.AddSingleton<MemberSessions>();
        services.AddSingleton<MemberPasswords>();
        services.AddSingleton<SignInPace>();
        return services.AddSingleton<MemberBook>();
    }
}
