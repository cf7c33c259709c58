/* A host that loads libraries late: host FIRST… -- FILLER… -- [PLUGIN]
 *
 * First come libraries that the plug-in needs anyway.  Then the fillers, which take thread-local storage of the kind that
 * has to be there from the start, until there is no room for another.  Last the plug-in, which must still load; its
 * function is called from two threads.  Says how many fillers there was room for, and what the function gave.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static double (*gradient)(double);

static void* in_a_thread(void* result) {
  *(double*)result = gradient(0.5);
  return NULL;
}

int main(int count, char** words) {
  int part = 0, taken = 0;
  for (int k = 1; k < count; ++k) {
    if (strcmp(words[k], "--") == 0) {
      ++part;
      continue;
    }
    void* library = dlopen(words[k], RTLD_NOW | (part == 0 ? RTLD_GLOBAL : RTLD_LOCAL));
    if (part == 1) {
      taken += library != NULL;
      continue;
    }
    if (library == NULL) {
      printf("%s\n", dlerror());
      return 1;
    }
    if (part == 2) {
      *(void**)&gradient = dlsym(library, "plugin_gradient");
      if (gradient == NULL) return 1;
    }
  }
  if (gradient == NULL) {
    printf("%d fillers\n", taken);
    return 0;
  }
  double there = 0.0;
  pthread_t thread;
  if (pthread_create(&thread, NULL, in_a_thread, &there) != 0 || pthread_join(thread, NULL) != 0) return 1;
  printf("%d fillers, %.12f %.12f\n", taken, gradient(0.5), there);
  return 0;
}
