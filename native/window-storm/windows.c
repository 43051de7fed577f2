/*
 * A Windows program with windows that do what programs do, for testing the window adapter under Wine.
 * Built by tools/wine with mingw. Wine 8 raises neither EVENT_SYSTEM_FOREGROUND nor EVENT_OBJECT_NAMECHANGE, so
 * after each change the program raises the event that Windows itself would; `quietly` leaves that out.
 *
 * It obeys the commands in a file, one at a time, so that a test outside Windows can drive it: the file holds
 * `<number> <command> <argument>` in UTF-8; the program answers by writing the number to the second file.
 * Commands:
 *   title TEXT      set the main window's title
 *   quietly TEXT    set it without an event
 *   front           bring the main window to the front
 *   owned TEXT      open an owned window without a taskbar button and bring it to the front
 *   tool TEXT       open a tool window and bring it to the front
 *   untitled        open an owned window without a title and bring it to the front
 *   move X Y W H    move the main window
 *   child PID_TITLE make a window of class Windows.UI.Core.CoreWindow inside the window with that title
 *   storm COUNT     change the title COUNT times as fast as possible, ending with "storm over"
 *   hang MS         stop answering messages for MS milliseconds (the answer is written before)
 *   close           destroy the last owned or tool window, and bring the main window to the front
 *   quit            end
 */
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

#define MAX_COMMAND 262144

static HWND main_window;
static HWND last_window;
/* The window that was brought to the front last. */
static HWND wanted;
static const wchar_t *command_path;
static const wchar_t *answer_path;
static long last_number = 0;

static LRESULT CALLBACK handle(HWND window, UINT message, WPARAM word, LPARAM pointer)
{
    return DefWindowProcW(window, message, word, pointer);
}

static void to_front(HWND window)
{
    wanted = window;
    ShowWindow(window, SW_SHOW);
    SetForegroundWindow(window);
    SetActiveWindow(window);
    NotifyWinEvent(EVENT_SYSTEM_FOREGROUND, window, OBJID_WINDOW, CHILDID_SELF);
}

static void set_title(const wchar_t *title)
{
    SetWindowTextW(main_window, title);
    NotifyWinEvent(EVENT_OBJECT_NAMECHANGE, main_window, OBJID_WINDOW, CHILDID_SELF);
}

static HWND make(DWORD extended, DWORD style, const wchar_t *class_name, const wchar_t *title, HWND parent)
{
    return CreateWindowExW(extended, class_name, title, style, 80, 60, 400, 300, parent, NULL,
                           GetModuleHandleW(NULL), NULL);
}

static void answer(long number)
{
    FILE *file = _wfopen(answer_path, L"wb");
    if (file == NULL) return;
    fprintf(file, "%ld\n", number);
    fclose(file);
}

static void storm(int count)
{
    wchar_t title[64];
    for (int i = 0; i < count; i++) {
        swprintf(title, 64, L"storm %d of %d", i, count);
        set_title(title);
        MSG message;
        while (PeekMessageW(&message, NULL, 0, 0, PM_REMOVE)) DispatchMessageW(&message);
    }
    set_title(L"storm over");
}

static void obey(long number, wchar_t *command, wchar_t *argument)
{
    if (!wcscmp(command, L"title")) set_title(argument);
    else if (!wcscmp(command, L"quietly")) SetWindowTextW(main_window, argument);
    else if (!wcscmp(command, L"front")) to_front(main_window);
    else if (!wcscmp(command, L"owned"))
        to_front(last_window = make(0, WS_POPUP | WS_CAPTION, L"LapwingStorm", argument, main_window));
    else if (!wcscmp(command, L"tool"))
        to_front(last_window = make(WS_EX_TOOLWINDOW, WS_OVERLAPPEDWINDOW, L"LapwingStorm", argument, NULL));
    else if (!wcscmp(command, L"untitled"))
        to_front(last_window = make(0, WS_POPUP, L"LapwingStorm", L"", main_window));
    else if (!wcscmp(command, L"move")) {
        int x, y, width, height;
        if (swscanf(argument, L"%d %d %d %d", &x, &y, &width, &height) == 4)
            MoveWindow(main_window, x, y, width, height, TRUE);
    } else if (!wcscmp(command, L"child")) {
        HWND frame = FindWindowW(NULL, argument);
        last_window = make(0, WS_CHILD | WS_VISIBLE, L"Windows.UI.Core.CoreWindow", L"app", frame);
    } else if (!wcscmp(command, L"storm")) storm(_wtoi(argument));
    else if (!wcscmp(command, L"hang")) {
        answer(number);
        Sleep(_wtoi(argument));
    } else if (!wcscmp(command, L"close")) {
        DestroyWindow(last_window);
        to_front(main_window);
    } else if (!wcscmp(command, L"quit")) PostQuitMessage(0);
    answer(number);
}

/*
 * On a busy machine the X server tells Wine late of an earlier window's focus, and Wine then takes that window to the
 * front again. Another program's window in front is left alone.
 */
static void stay_in_front(void)
{
    DWORD process = 0;
    HWND front = GetForegroundWindow();
    if (front == wanted || front == NULL) return;
    GetWindowThreadProcessId(front, &process);
    if (process == GetCurrentProcessId()) to_front(wanted);
}

static void CALLBACK look(HWND window, UINT message, UINT_PTR timer, DWORD time)
{
    static char bytes[MAX_COMMAND];
    static wchar_t text[MAX_COMMAND];
    (void)window; (void)message; (void)timer; (void)time;
    stay_in_front();
    FILE *file = _wfopen(command_path, L"rb");
    if (file == NULL) return;
    size_t length = fread(bytes, 1, MAX_COMMAND - 1, file);
    fclose(file);
    int units = MultiByteToWideChar(CP_UTF8, 0, bytes, (int)length, text, MAX_COMMAND - 1);
    text[units] = 0;

    wchar_t *command, *argument = L"";
    long number = wcstol(text, &command, 10);
    if (number <= last_number || *command != L' ') return;
    last_number = number;
    command++;
    wchar_t *space = wcschr(command, L' ');
    if (space != NULL) {
        *space = 0;
        argument = space + 1;
    }
    obey(number, command, argument);
}

int WINAPI wWinMain(HINSTANCE instance, HINSTANCE previous, PWSTR line, int show)
{
    (void)previous; (void)line; (void)show;
    if (__argc < 4) return 2;
    command_path = __wargv[1];
    answer_path = __wargv[2];

    WNDCLASSW window_class = { .lpfnWndProc = handle, .hInstance = instance, .lpszClassName = L"LapwingStorm",
                               .hbrBackground = (HBRUSH)(COLOR_WINDOW + 1) };
    RegisterClassW(&window_class);
    window_class.lpszClassName = L"Windows.UI.Core.CoreWindow";
    RegisterClassW(&window_class);
    main_window = make(0, WS_OVERLAPPEDWINDOW, L"LapwingStorm", __wargv[3], NULL);
    if (main_window == NULL) return 3;
    to_front(main_window);
    SetTimer(NULL, 0, 20, look);

    MSG message;
    while (GetMessageW(&message, NULL, 0, 0) > 0) {
        TranslateMessage(&message);
        DispatchMessageW(&message);
    }
    return 0;
}
