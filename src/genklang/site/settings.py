"""Django's settings, all driven by GENKLANG_… variables of the environment; safe when nothing is set."""

import os
from pathlib import Path

from genklang.site import environment

HOME = environment.home(os.environ)
VAR = HOME / "var"
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = environment.flag(os.environ, "GENKLANG_DEBUG")
GENKLANG_PRACTICES = Path(os.environ.get("GENKLANG_PRACTICES") or HOME / "practices")
GENKLANG_DEMO = environment.flag(os.environ, "GENKLANG_DEMO")
HTTPS = environment.flag(os.environ, "GENKLANG_HTTPS")
GENKLANG_METRICS_TOKEN = os.environ.get("GENKLANG_METRICS_TOKEN", "")
SECRET_KEY = environment.secret_key(os.environ, var=VAR)
ALLOWED_HOSTS = environment.words(os.environ, "GENKLANG_HOSTS", default="localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words(os.environ, "GENKLANG_ORIGINS")

# The order decides whose template wins: the site's before its rooms', these before libraries'.
INSTALLED_APPS = [
    "genklang.site",
    "genklang.operate",
    "genklang.bank",
    "genklang.voices",
    "genklang.people",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "genklang.site.middleware.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "genklang.site.urls"
WSGI_APPLICATION = "genklang.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "genklang.site.templatetags.site",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "genklang.site.context.house",
            ],
        },
    }
]

DATABASES = {"default": environment.database(os.environ.get("GENKLANG_DATABASE", ""), var=VAR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Language: a cookie set by the switch wins, then the browser's Accept-Language, then Swedish.
LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", "Svenska"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = environment.check_zone(os.environ.get("GENKLANG_TIME_ZONE", "Europe/Stockholm"))
USE_TZ = True
FORMAT_MODULE_PATH = "genklang.site.formats"

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "genklang.site.static_files.StampedStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 7 * 24 * 3600  # the stamp in the address changes with the content

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "site:welcome"
ACCOUNT_ADAPTER = "genklang.people.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "genklang.people.sign_in.SignInForm",
    "reauthenticate": "genklang.people.sign_in.SignInAgainForm",
    "change_password": "genklang.people.sign_in.ChangePasswordForm",
    "set_password": "genklang.people.sign_in.SetPasswordForm",
    "reset_password": "genklang.people.sign_in.ResetPasswordForm",
    "reset_password_from_key": "genklang.people.sign_in.ResetPasswordKeyForm",
    "request_login_code": "genklang.people.sign_in.RequestCodeForm",
    "confirm_login_code": "genklang.people.sign_in.CodeForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True  # for whoever has applied by the open address, and has no password
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "site:home"
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "genklang.people.sign_in.SecondStepForm",
    "reauthenticate": "genklang.people.sign_in.SecondStepAgainForm",
    "activate_totp": "genklang.people.sign_in.ConnectAppForm",
}
MFA_TOTP_ISSUER = "Genklang"
OPENID_PROVIDER = environment.openid_provider(os.environ)
SOCIALACCOUNT_ADAPTER = "genklang.people.accounts.SocialAccountAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [OPENID_PROVIDER] if OPENID_PROVIDER else []}}
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # the organisation's own identity provider vouches for the address
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]  # asked from within, past the proxy
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Without a mail server nothing is sent, and no page offers to.
EMAIL_HOST = os.environ.get("GENKLANG_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("GENKLANG_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("GENKLANG_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("GENKLANG_SMTP_PASSWORD", "")
EMAIL_USE_TLS = True
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("GENKLANG_MAIL_FROM", "genklang@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "genklang.site.log.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("GENKLANG_LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "genklang": {"level": os.environ.get("GENKLANG_LOG_LEVEL", "INFO")},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
